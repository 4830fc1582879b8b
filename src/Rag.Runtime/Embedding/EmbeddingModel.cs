using Microsoft.Extensions.AI;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Embedding;

/// <summary>Opens an embedding model of whichever kind a folder holds.</summary>
public static class EmbeddingModel
{
    /// <summary>A <see cref="StaticEmbedder"/> where the folder holds a static token table, otherwise a <see cref="SentenceEmbedder"/>.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="name">The name by which an index remembers it; null for the folder's own.</param>
    /// <param name="runtime">Where an encoder runs and how its matrices are held; null for the defaults. Tables have neither.</param>
    /// <param name="cancellationToken">Ends waiting; a load under way completes.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="RagException">The folder lacks a file, or holds a model that cannot be run.</exception>
    public static async Task<IEmbeddingGenerator<string, Embedding<float>>> LoadAsync(
        string folder, string? name = null, RuntimeOptions? runtime = null, CancellationToken cancellationToken = default) =>
        StaticEmbedder.IsStaticTable(folder)
            ? await StaticEmbedder.LoadAsync(folder, new StaticEmbedderOptions { ModelName = name }, cancellationToken).ConfigureAwait(false)
            : await SentenceEmbedder.LoadAsync(folder, new SentenceEmbedderOptions { ModelName = name, Runtime = runtime ?? new RuntimeOptions() }, cancellationToken).ConfigureAwait(false);
}
