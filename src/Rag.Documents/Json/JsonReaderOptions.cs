namespace Rag.Documents;

/// <summary>Limits of <see cref="JsonReader"/>.</summary>
public sealed class JsonReaderOptions : ReaderOptions
{
    /// <summary>How deep arrays and objects may nest.</summary>
    /// <value>The default is 128.</value>
    public int MaxDepth { get; set; } = 128;

    /// <summary>A record whose text is longer, in UTF-16 code units, is written value by value instead of as one row.</summary>
    /// <value>The default is 2,000.</value>
    public int MaxRecordCharacters { get; set; } = 2000;

    /// <summary>How many names, values and brackets a file may hold.</summary>
    /// <value>The default is 8,000,000.</value>
    public int MaxValues { get; set; } = 8_000_000;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDepth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRecordCharacters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxValues);
    }
}
