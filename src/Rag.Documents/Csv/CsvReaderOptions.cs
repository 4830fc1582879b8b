namespace Rag.Documents;

/// <summary>Limits of <see cref="CsvReader"/>.</summary>
public sealed class CsvReaderOptions : ReaderOptions
{
    /// <summary>The most columns of one record; what stands past them joins the last one.</summary>
    /// <value>The default is 4,096.</value>
    public int MaxColumns { get; set; } = 4096;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxColumns);
    }
}
