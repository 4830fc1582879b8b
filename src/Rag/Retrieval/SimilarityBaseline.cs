using Microsoft.Extensions.AI;
using Rag.Index;

namespace Rag.Retrieval;

/// <summary>
/// The cosine that an encoder gives to a question and a text that have nothing to do with each other. Encoders differ widely in
/// it (about 0 for some, .5 and more for others trained with a low temperature), so that a threshold on cosines means something
/// only above it.
/// </summary>
public static class SimilarityBaseline
{
    private static readonly string[] Questions =
    [
        "When was the lighthouse built?",
        "How does yeast make bread rise?",
        "Who won the chess championship?",
        "What is the capital gains tax rate?",
        "Which key opens the settings menu?",
        "Why do glaciers move?",
    ];

    private static readonly string[] Texts =
    [
        "The violin has four strings tuned in perfect fifths.",
        "Passengers must show a valid ticket on request.",
        "Honeybees tell each other by dancing where flowers are.",
        "The court dismissed the appeal for lack of evidence.",
        "Add the onions and fry them gently until golden.",
        "Version 2 of the protocol encrypts every packet header.",
    ];

    /// <summary>The mean over six questions and six texts, at least 0 and below 1.</summary>
    /// <param name="embedder">The encoder; its prefixes are used as for a search.</param>
    /// <param name="cancellationToken">Ends the embedding.</param>
    public static async Task<double> MeasureAsync(IEmbeddingGenerator<string, Embedding<float>> embedder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        var identity = embedder.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(
            [.. Questions.Select(text => identity?.QueryPrefix + text), .. Texts.Select(text => identity?.DocumentPrefix + text)],
            null,
            cancellationToken).ConfigureAwait(false);
        if (vectors.Count != Questions.Length + Texts.Length)
        {
            return 0;
        }

        double sum = 0;
        for (int question = 0; question < Questions.Length; question++)
        {
            for (int text = 0; text < Texts.Length; text++)
            {
                sum += Similarity.Cosine(vectors[question].Vector.Span, vectors[Questions.Length + text].Vector.Span);
            }
        }

        return Math.Clamp(sum / (Questions.Length * Texts.Length), 0, .95);
    }
}
