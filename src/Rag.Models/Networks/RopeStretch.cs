namespace Rag.Models.Networks;

/// <summary>
/// Rotary frequencies that depend on how long the whole sequence is: all of its positions then turn otherwise, those of tokens
/// seen before too.
/// </summary>
internal abstract record RopeStretch(int Length)
{
    /// <summary>Sequences in one regime share their frequencies; 0 is that of the sequences up to <see cref="Length"/>.</summary>
    public int Regime(int total) => total <= Length ? 0 : RegimeBeyond(total);

    /// <summary>The inverse frequencies of a regime that is not 0.</summary>
    public abstract float[] InverseFrequencies(int regime);

    /// <summary>A number above 0.</summary>
    protected abstract int RegimeBeyond(int total);
}
