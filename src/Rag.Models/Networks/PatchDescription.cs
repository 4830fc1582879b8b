namespace Rag.Models.Networks;

/// <summary>How an image becomes a sequence: one product for each square of it, in rows from its top left corner.</summary>
internal sealed record PatchDescription
{
    /// <summary>[hidden, channels, patch size, patch size].</summary>
    public required Weight Kernel { get; init; }

    /// <summary>Pixels of a side of the image.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Pixels of a side of a square.</summary>
    public int PatchSize => (int)Kernel.Shape[^1];

    /// <summary>Colours of a pixel.</summary>
    public int Channels => (int)Kernel.Shape[1];
}
