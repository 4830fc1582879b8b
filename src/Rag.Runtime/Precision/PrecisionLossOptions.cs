namespace Rag.Runtime.Precision;

/// <summary>How <see cref="PrecisionComparison"/> reads a text.</summary>
public sealed class PrecisionLossOptions
{
    /// <summary>Tokens of a window, which begins without a past; 512 by default, less where a model has no room for them.</summary>
    public int WindowTokens { get; set; } = 512;

    /// <summary>The most tokens that are read of a text; 4,096 by default.</summary>
    public int MaxTokens { get; set; } = 4096;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowTokens, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 2);
    }
}
