namespace Rag.Evaluation.Datasets;

/// <summary>Limits on what a data set may be. Defaults fit every public collection of this kind that runs on one machine.</summary>
public sealed class DatasetOptions
{
    /// <summary>Bytes of one file after decompression. Default 1 GiB.</summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>Characters of one line or one XML document's text node. Default 16 Mi.</summary>
    public int MaxLineLength { get; set; } = 16 << 20;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLineLength, 1);
    }
}
