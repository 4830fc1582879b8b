namespace Rag.Retrieval;

/// <summary>Makes one ranking of two. Stateless; safe for concurrent use.</summary>
public interface IFusion
{
    /// <summary>Scores each candidate; higher is better. The result does not depend on the candidates' order.</summary>
    /// <param name="dense">The vector side.</param>
    /// <param name="text">The BM25 side.</param>
    /// <param name="scores">Receives one score per candidate.</param>
    void Fuse(FusionSide dense, FusionSide text, Span<double> scores);
}
