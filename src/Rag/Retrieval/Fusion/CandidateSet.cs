using Rag.Index;

namespace Rag.Retrieval;

/// <summary>The union of both sides' lists with what each side says of every candidate.</summary>
internal sealed class CandidateSet
{
    private const int GapRank = 10;

    private CandidateSet(List<string> ids, FusionSide dense, FusionSide text)
    {
        Ids = ids;
        Dense = dense;
        Text = text;
    }

    /// <summary>Chunk ids.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>The vector side.</summary>
    public FusionSide Dense { get; }

    /// <summary>The BM25 side.</summary>
    public FusionSide Text { get; }

    /// <summary>Ids that both lists hold together, each once.</summary>
    public static List<string> Union(ChunkScores dense, ChunkScores text) => [.. dense.Ids.Union(text.Ids, StringComparer.Ordinal)];

    /// <summary>Puts the set together.</summary>
    /// <param name="ids">The union.</param>
    /// <param name="dense">The vector list.</param>
    /// <param name="text">The BM25 list.</param>
    /// <param name="trueDense">True scores of the union, NaN for what is gone; null where the store cannot compute them.</param>
    /// <param name="trueText">The same for BM25.</param>
    /// <param name="textIsWhole">Whether the BM25 list holds every chunk with a matching term.</param>
    public static CandidateSet Create(
        List<string> ids, ChunkScores dense, ChunkScores text, IReadOnlyList<float>? trueDense, IReadOnlyList<float>? trueText, bool textIsWhole)
    {
        bool[] gone = new bool[ids.Count];
        for (int i = 0; i < gone.Length; i++)
        {
            gone[i] = float.IsNaN(trueDense?[i] ?? 0) || float.IsNaN(trueText?[i] ?? 0);
        }

        List<string> kept = [.. ids.Where((_, i) => !gone[i])];
        return new CandidateSet(
            kept,
            Side(kept, dense, Keep(trueDense, gone), missing: dense.Scores.Count == 0 ? 0 : dense.Scores[^1], chunksKnown: dense.Ids.Count),
            Side(kept, text, Keep(trueText, gone), missing: textIsWhole || text.Scores.Count == 0 ? 0 : text.Scores[^1], chunksKnown: dense.Ids.Count));
    }

    private static List<float>? Keep(IReadOnlyList<float>? scores, bool[] gone) => scores is null ? null : [.. scores.Where((_, i) => !gone[i])];

    private static FusionSide Side(List<string> ids, ChunkScores list, List<float>? scores, float missing, int chunksKnown)
    {
        Dictionary<string, int> ranks = new(list.Ids.Count, StringComparer.Ordinal);
        for (int i = 0; i < list.Ids.Count; i++)
        {
            ranks.TryAdd(list.Ids[i], i + 1);
        }

        int[] rank = [.. ids.Select(id => ranks.GetValueOrDefault(id))];
        return new FusionSide
        {
            Ranks = rank,
            Scores = scores ?? [.. rank.Select(place => place == 0 ? missing : list.Scores[place - 1])],
            Best = list.Scores.Count == 0 ? 0 : list.Scores[0],
            Tenth = Tenth(list.Scores, chunksKnown),
            StandardDeviation = list.StandardDeviation,
            HasResults = list.Scores.Count > 0,
        };
    }

    /// <summary>
    /// The 10th score over all chunks, or the last where there are fewer. Chunks without a matching term count 0 on the BM25
    /// side, and the vector side shows that there are some.
    /// </summary>
    private static double Tenth(IReadOnlyList<float> scores, int chunksKnown) =>
        scores.Count >= GapRank ? scores[GapRank - 1] : scores.Count == 0 || scores.Count < Math.Min(GapRank, chunksKnown) ? 0 : scores[^1];
}
