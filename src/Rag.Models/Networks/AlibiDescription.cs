namespace Rag.Models.Networks;

/// <summary>Attention with linear biases: slope times the key's position is added to the scores (Press et al. 2021).</summary>
/// <param name="Slopes">One for each head.</param>
/// <param name="Multiplier">What the products are multiplied by.</param>
/// <param name="RoundsToBFloat16">Whether slopes, positions and their products are rounded.</param>
internal sealed record AlibiDescription(float[] Slopes, float Multiplier = 1, bool RoundsToBFloat16 = false)
{
    /// <summary>The slopes for a number of heads (transformers modeling_bloom.py, build_alibi_tensor).</summary>
    public static float[] SlopesFor(int heads)
    {
        int power = 1 << (int)Math.Log2(heads);
        float Slope(int of, int exponent) => (float)Math.Pow(2, -8.0 * exponent / of);
        return [
            .. Enumerable.Range(1, power).Select(i => Slope(power, i)),
            .. Enumerable.Range(0, heads - power).Select(i => Slope(2 * power, (2 * i) + 1))];
    }
}
