using Rag.Index;

namespace Rag.Testing;

/// <summary>Scores as their formulas are written, one chunk at a time.</summary>
/// <param name="chunks">The chunks whose number, lengths and terms BM25 counts.</param>
/// <param name="options">k1 and b.</param>
internal sealed class MemoryScores(IReadOnlyList<MemoryChunk> chunks, InMemoryChunkIndexOptions options)
{
    private readonly double _averageLength = chunks.Select(chunk => (double)chunk.Terms.Count).DefaultIfEmpty(1).Average();

    /// <summary>BM25 as Lucene has it: the sum over the query's terms of ln(1 + (N - df + .5) / (df + .5)) · f / (f + k1 (1 - b + b · length / average length)).</summary>
    public double Bm25(IReadOnlyList<string> query, MemoryChunk chunk) => query.Sum(term =>
    {
        int frequency = chunk.Terms.Count(word => word == term);
        if (frequency == 0)
        {
            return 0;
        }

        int containing = chunks.Count(other => other.Terms.Contains(term));
        double idf = Math.Log(1 + ((chunks.Count - containing + 0.5) / (containing + 0.5)));
        return idf * frequency / (frequency + (options.K1 * (1 - options.B + (options.B * chunk.Terms.Count / _averageLength))));
    });

    /// <summary>The cosine of two vectors that have a direction.</summary>
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return dot / (Math.Sqrt(aa) * Math.Sqrt(bb));
    }

    /// <summary>The sum over the places of both of what stands there, multiplied.</summary>
    public static double Dot(SparseVector a, SparseVector b)
    {
        Dictionary<int, float> weights = [];
        for (int i = 0; i < b.Ids.Length; i++)
        {
            weights.Add(b.Ids[i], b.Weights[i]);
        }

        double sum = 0;
        for (int i = 0; i < a.Ids.Length; i++)
        {
            sum += (double)a.Weights[i] * weights.GetValueOrDefault(a.Ids[i]);
        }

        return sum;
    }

    /// <summary>The sum over the question's vectors of the greatest dot product with one of the passage; 0 where there is none.</summary>
    public static double MaxSim(MultiVector question, MultiVector passage)
    {
        double sum = 0;
        for (int i = 0; i < question.Count && passage.Count > 0; i++)
        {
            double best = double.NegativeInfinity;
            for (int j = 0; j < passage.Count; j++)
            {
                double dot = 0;
                for (int d = 0; d < question.Dimensions; d++)
                {
                    dot += (double)question[i][d] * passage[j][d];
                }

                best = Math.Max(best, dot);
            }

            sum += best;
        }

        return sum;
    }

    /// <summary>Why a vector cannot be compared, or null.</summary>
    public static string? Fault(ReadOnlySpan<float> vector, int dimensions)
    {
        bool finite = true, zero = true;
        foreach (float value in vector)
        {
            (finite, zero) = (finite && float.IsFinite(value), zero && value == 0);
        }

        return vector.Length != dimensions ? $"has {vector.Length} values where the index holds {dimensions}"
            : !finite ? "holds a value that is not a finite number"
            : zero ? "is all zeros and has no direction" : null;
    }
}
