namespace Rag.Models.Networks;

/// <summary>A second set of frequencies for all sequences that are longer (LongRoPE, arXiv 2402.13753).</summary>
internal sealed record LongRopeStretch(int Length, float[] Longer) : RopeStretch(Length)
{
    public override float[] InverseFrequencies(int regime) => Longer;

    protected override int RegimeBeyond(int total) => 1;
}
