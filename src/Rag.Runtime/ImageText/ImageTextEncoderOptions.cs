using Rag.Runtime.Heads;

namespace Rag.Runtime.ImageText;

/// <summary>How <see cref="ImageTextEncoder"/> loads and runs a model.</summary>
public sealed class ImageTextEncoderOptions : HeadModelOptions
{
    /// <summary>Images that go through the model together, 8 by default.</summary>
    public int BatchImages { get; set; } = 8;

    /// <summary>The most pixels that an image may have once its shorter side is the model's, or while it is made so: 100,000,000 by default.</summary>
    public int MaxResizedPixels { get; set; } = 100_000_000;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchImages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResizedPixels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxResizedPixels, Array.MaxLength / 4);
    }
}
