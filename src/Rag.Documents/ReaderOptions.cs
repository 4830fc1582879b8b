namespace Rag.Documents;

/// <summary>The limits that every reader has. Not safe to change while a reader that was given it is reading.</summary>
public abstract class ReaderOptions
{
    /// <summary>The longest <see cref="Document.Text"/> that a file may yield, in UTF-16 code units.</summary>
    /// <value>The default is 32 Mi (33,554,432): with it, ingesting one text of that length stays below 1 GB with a small encoder loaded.</value>
    public int MaxTextCharacters { get; set; } = 32 * 1024 * 1024;

    /// <summary>The most <see cref="Document.Elements"/> that a file may yield.</summary>
    /// <value>The default is 1,000,000.</value>
    public int MaxElements { get; set; } = 1_000_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not positive.</exception>
    public virtual void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxTextCharacters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxElements);
    }
}
