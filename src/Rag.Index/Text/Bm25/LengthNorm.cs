namespace Rag.Index.Text;

/// <summary>The part of BM25 that depends on a chunk's length: k1 (1 - b + b · length / average).</summary>
internal readonly struct LengthNorm(double k1, double b, double average)
{
    private readonly double _constant = k1 * (1 - b), _scale = average > 0 ? k1 * b / average : 0;

    /// <summary>What one posting adds to its chunk's score.</summary>
    public double Share(Posting posting, double weight) => weight * posting.Frequency / (posting.Frequency + _constant + (_scale * posting.Length));
}
