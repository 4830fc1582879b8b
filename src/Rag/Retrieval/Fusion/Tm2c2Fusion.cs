namespace Rag.Retrieval;

/// <summary>
/// Theoretical minimum-maximum convex combination with a fixed weight:
/// <c>α·(D+1)/(D₁+1) + (1−α)·B/B₁</c>, D the cosine, B the BM25 score, D₁ and B₁ the query's best
/// (Bruch, Gai, Ingber: "An Analysis of Fusion Functions for Hybrid Retrieval", arXiv 2210.11934).
/// </summary>
public sealed class Tm2c2Fusion : IFusion
{
    /// <summary>Creates the fusion.</summary>
    /// <param name="alpha">Weight of the vector side, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not between 0 and 1.</exception>
    public Tm2c2Fusion(double alpha = .7)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(alpha);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alpha, 1);
        Alpha = alpha;
    }

    /// <summary>Weight of the vector side.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public void Fuse(FusionSide dense, FusionSide text, Span<double> scores)
    {
        ArgumentNullException.ThrowIfNull(dense);
        ArgumentNullException.ThrowIfNull(text);
        Combine(dense, text, Alpha, scores);
    }

    /// <summary>The combination; a side that found nothing leaves the other alone.</summary>
    internal static void Combine(FusionSide dense, FusionSide text, double weight, Span<double> scores)
    {
        bool hasDense = dense.HasResults && dense.Best > -1, hasText = text.HasResults && text.Best > 0;
        double w = !hasText ? 1 : !hasDense ? 0 : weight;
        for (int i = 0; i < scores.Length; i++)
        {
            double d = hasDense ? (dense.Scores[i] + 1) / (dense.Best + 1) : 0;
            double b = hasText ? text.Scores[i] / text.Best : 0;
            scores[i] = (w * d) + ((1 - w) * b);
        }
    }
}
