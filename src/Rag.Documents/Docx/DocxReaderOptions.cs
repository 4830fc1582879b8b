namespace Rag.Documents;

/// <summary>Limits of <see cref="DocxReader"/>.</summary>
public sealed class DocxReaderOptions : ReaderOptions
{
    /// <summary>How many bytes the parts that are read may inflate to, all together.</summary>
    /// <value>The default is 64 MiB.</value>
    public long MaxInflatedBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many entries the archive may have.</summary>
    /// <value>The default is 10,000.</value>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>How deep the elements of a part may nest.</summary>
    /// <value>The default is 256.</value>
    public int MaxElementDepth { get; set; } = 256;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInflatedBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEntries);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxElementDepth);
    }
}
