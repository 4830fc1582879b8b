namespace Rag.Retrieval;

/// <summary>
/// Reciprocal rank fusion: <c>Σ 1/(k + rank)</c> over the sides whose list holds the candidate
/// (Cormack, Clarke, Büttcher, SIGIR 2009). Ranks from 1. Here for comparison: see <see cref="GapWeightedFusion"/>.
/// </summary>
public sealed class ReciprocalRankFusion : IFusion
{
    /// <summary>Creates the fusion.</summary>
    /// <param name="k">Flattens the difference between ranks; more than -1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is negative.</exception>
    public ReciprocalRankFusion(double k = 60)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        K = k;
    }

    /// <summary>Flattens the difference between ranks.</summary>
    public double K { get; }

    /// <inheritdoc/>
    public void Fuse(FusionSide dense, FusionSide text, Span<double> scores)
    {
        ArgumentNullException.ThrowIfNull(dense);
        ArgumentNullException.ThrowIfNull(text);
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = Share(dense.Ranks[i]) + Share(text.Ranks[i]);
        }
    }

    private double Share(int rank) => rank == 0 ? 0 : 1 / (K + rank);
}
