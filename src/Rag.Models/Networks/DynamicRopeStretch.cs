namespace Rag.Models.Networks;

/// <summary>
/// A base that grows with each further token: base * (factor * total / length - (factor - 1))^(d / (d - 2)) for d dimensions
/// (transformers modeling_rope_utils.py, _compute_dynamic_ntk_parameters).
/// </summary>
internal sealed record DynamicRopeStretch(int Length, double Theta, double Factor, int Pairs) : RopeStretch(Length)
{
    // Such a model states no end. Every step past the length costs a whole sequence, so that few go far.
    private const int LeastPositions = 4096;

    /// <summary>The longest sequence that makes sense.</summary>
    public int MostPositions => (int)Math.Clamp(Length * Factor, LeastPositions, 1 << 20);

    public override float[] InverseFrequencies(int regime)
    {
        double theta = Theta * Math.Pow((Factor * regime / Length) - (Factor - 1), 2.0 * Pairs / ((2 * Pairs) - 2));
        float[] inverse = new float[Pairs];
        for (int i = 0; i < Pairs; i++)
        {
            inverse[i] = (float)Math.Pow(theta, -(double)i / Pairs);
        }

        return inverse;
    }

    // Above 1, since the length is at least 1.
    protected override int RegimeBeyond(int total) => total;
}
