using System.Numerics.Tensors;

namespace Rag.Retrieval;

/// <summary>Likeness of a question and a text in an encoder's eyes.</summary>
internal static class Similarity
{
    /// <summary>The cosine of two vectors; 0 where there is none.</summary>
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float cosine = a.Length == b.Length ? TensorPrimitives.CosineSimilarity(a, b) : 0;
        return float.IsFinite(cosine) ? cosine : 0;
    }

    /// <summary>What a cosine says beyond what the encoder gives to texts that have nothing to do with each other: 0 there, 1 at 1.</summary>
    /// <param name="cosine">The cosine.</param>
    /// <param name="unrelated">That of unrelated texts, below 1 (<see cref="SimilarityBaseline"/>).</param>
    public static double Above(double cosine, double unrelated) => (cosine - unrelated) / (1 - unrelated);
}
