namespace Rag.Runtime.Generation.Speculation;

/// <summary>
/// How often guesses of each level were what came in one request, recent ones counting more. Guesses that were made but not run
/// are counted too, so knowing costs no step. Not thread-safe.
/// </summary>
internal sealed class Acceptance
{
    // Of the order of a sentence: copying begins and ends within an answer.
    private const double Kept = .95;
    private const double PriorWeight = 3;
    private readonly double[] _priors = new double[DraftLevel.Count];
    private readonly double[] _right = new double[DraftLevel.Count];
    private readonly double[] _all = new double[DraftLevel.Count];
    private readonly int[] _rightInAll = new int[DraftLevel.Count];
    private readonly int[] _inAll = new int[DraftLevel.Count];

    /// <summary>Begins with what was known before the request.</summary>
    public Acceptance(KnownAcceptance known) => known.Read(_priors);

    /// <summary>Guesses counted of a level, and those that were right.</summary>
    public (int Right, int All) Total(int level) => (_rightInAll[level], _inAll[level]);

    /// <summary>The share of a level's guesses that is expected to be right, where all before them were.</summary>
    public double Rate(int level) => (_right[level] + (PriorWeight * _priors[level])) / (_all[level] + PriorWeight);

    /// <summary>Counts one guess whose predecessors were all right.</summary>
    public void Note(int level, bool right)
    {
        _right[level] = (_right[level] * Kept) + (right ? 1 : 0);
        _all[level] = (_all[level] * Kept) + 1;
        _rightInAll[level] += right ? 1 : 0;
        _inAll[level]++;
    }

    /// <summary>Compares a draft with what came, as far as both are known.</summary>
    public void Note(Draft draft, ReadOnlySpan<int> came)
    {
        int known = Math.Min(draft.Count, came.Length);
        for (int i = 0; i < known; i++)
        {
            bool right = draft.Tokens[i] == came[i];
            Note(draft.Levels[i], right);
            if (!right)
            {
                break;
            }
        }
    }

    /// <summary>Lets what is known of a level fade, so that one that is no longer tried is tried again some day.</summary>
    public void Fade(int level, double kept)
    {
        _right[level] *= kept;
        _all[level] *= kept;
    }
}
