using Microsoft.Extensions.AI;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Embedding;

/// <summary>Opens an embedding model of whichever kind a folder holds.</summary>
public static class EmbeddingModel
{
    /// <summary>A <see cref="StaticEmbedder"/> where the folder holds a static token table, otherwise a <see cref="SentenceEmbedder"/>.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="name">The name by which an index remembers it; null for the folder's own.</param>
    /// <param name="weights">How an encoder's matrices are held and multiplied, see <see cref="RuntimeOptions.Weights"/>; tables have none.</param>
    /// <param name="cancellationToken">Ends waiting; a load under way completes.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="RagException">The folder lacks a file, or holds a model that cannot be run.</exception>
    public static async Task<IEmbeddingGenerator<string, Embedding<float>>> LoadAsync(
        string folder, string? name = null, WeightPrecision weights = WeightPrecision.Single, CancellationToken cancellationToken = default) =>
        StaticEmbedder.IsStaticTable(folder)
            ? await StaticEmbedder.LoadAsync(folder, new StaticEmbedderOptions { ModelName = name }, cancellationToken).ConfigureAwait(false)
            : await SentenceEmbedder.LoadAsync(folder, new SentenceEmbedderOptions { ModelName = name, Runtime = new RuntimeOptions { Weights = weights } }, cancellationToken).ConfigureAwait(false);
}
