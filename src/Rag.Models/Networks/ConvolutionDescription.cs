namespace Rag.Models.Networks;

/// <summary>
/// A gated short convolution: b, c, y = input(x); output(c * conv(b * y)), each channel by itself over the last few tokens
/// (LFM2, transformers modeling_lfm2.py).
/// </summary>
internal sealed record ConvolutionDescription : MixerDescription
{
    public required int Channels { get; init; }

    /// <summary>Tokens that the kernel covers, the current one among them.</summary>
    public required int Length { get; init; }

    /// <summary>To [3 * channels].</summary>
    public required LinearDescription Input { get; init; }

    /// <summary>[channels, 1, length].</summary>
    public required Weight Kernel { get; init; }

    /// <summary>[channels].</summary>
    public Weight? Bias { get; init; }

    public override CacheDescription Cache => new(CacheForm.Inputs, 1, Channels);
}
