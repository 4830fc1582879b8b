using Microsoft.Extensions.AI;
using Rag.Models.Hub;
using Rag.Models.Packing;
using Rag.Reading;

namespace Rag.Hosting;

/// <summary>
/// Parts that the host brings along instead of those that a <see cref="DocumentLibrary"/> makes itself. They stay the host's:
/// the library does not dispose them.
/// </summary>
public sealed class RagComponents
{
    /// <summary>
    /// Embeds passages and questions; has an <see cref="Index.EmbeddingIdentity"/> among its services, and had better have a
    /// <see cref="Chunks.ITokenCounter"/>. Takes the place of <see cref="RagOptions.EmbeddingModel"/>.
    /// </summary>
    public IEmbeddingGenerator<string, Embedding<float>>? EmbeddingGenerator { get; init; }

    /// <summary>Writes answers. Takes the place of <see cref="RagOptions.ChatModel"/>.</summary>
    public IChatClient? ChatClient { get; init; }

    /// <summary>Points at answers in passages. Takes the place of <see cref="RagOptions.ReaderModel"/>.</summary>
    public ISpanReader? SpanReader { get; init; }

    /// <summary>What speaks to the model hub; the platform's own where null.</summary>
    public HttpMessageHandler? HubHandler { get; init; }

    /// <summary>Told how far a model download is, on the thread that downloads.</summary>
    public IProgress<ModelDownloadProgress>? DownloadProgress { get; init; }

    /// <summary>Told how far the packing of a model's weights is, on the thread that packs.</summary>
    public IProgress<WeightPackingProgress>? PackingProgress { get; init; }

    /// <summary>The clock; the system's where null.</summary>
    public TimeProvider? TimeProvider { get; init; }
}
