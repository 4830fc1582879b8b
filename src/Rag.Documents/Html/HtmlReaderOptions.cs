namespace Rag.Documents;

/// <summary>Limits and choices of <see cref="HtmlReader"/>.</summary>
public sealed class HtmlReaderOptions : ReaderOptions
{
    /// <summary>How many elements may be open at once; those nested deeper give their text and lose their structure.</summary>
    /// <value>The default is 256.</value>
    public int MaxElementDepth { get; set; } = 256;

    /// <summary>Whether navigation (<c>nav</c>, <c>role="navigation"</c>) is read. It is read in any case where a page holds nothing else.</summary>
    /// <value>The default is false.</value>
    public bool IncludeNavigation { get; set; }

    /// <summary>The longest page that is read, in UTF-16 code units of its source.</summary>
    /// <value>The default is 16 Mi (16,777,216).</value>
    public int MaxPageCharacters { get; set; } = 16 * 1024 * 1024;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxElementDepth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPageCharacters);
    }
}
