namespace Rag.Runtime.Generation.Speculation;

/// <summary>
/// Where a guess came from and how sure it is: one number for each kind whose guesses turn out right about equally often.
/// </summary>
internal static class DraftLevel
{
    /// <summary>Of what an earlier answer said after the last two tokens; one more for each further token.</summary>
    public const int Cache = 6;

    /// <summary>A token within what a constraint forces.</summary>
    public const int Forced = 9;

    /// <summary>A token at the end of what a constraint forces, where a longer one may come as well.</summary>
    public const int ForcedEnd = 10;

    /// <summary>A draft model's.</summary>
    public const int Model = 11;

    public const int Count = 12;

    /// <summary>
    /// The share taken to be right before anything is known. Of people's answers copied from five passages (CLAPnq, 253 answers in
    /// tokens of SmolLM) lookup guesses .39, .65, .86, .7, .95 and .97 at its six levels; a model that copies less must not pay for
    /// that, so the short matches begin lower.
    /// </summary>
    public static ReadOnlySpan<double> Priors => [.25, .45, .65, .7, .9, .95, .5, .6, .65, .8, .6, .6];

    /// <summary>Of prompt lookup, by how many tokens before the guess agree with what it is copied from.</summary>
    public static int Lookup(int matched) => matched switch
    {
        <= 1 => 0,
        2 => 1,
        3 => 2,
        < 8 => 3,
        < 16 => 4,
        _ => 5,
    };
}
