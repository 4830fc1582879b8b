namespace Rag.Documents;

/// <summary>How a <see cref="FolderSource"/> looks at its folder. Not safe to change while it enumerates.</summary>
public sealed class FolderSourceOptions
{
    /// <summary>The longest file that is opened, in bytes; a longer one is a <see cref="LimitExceededException"/> for itself alone.</summary>
    /// <value>The default is 64 MiB.</value>
    public long MaxFileBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many folders deep files are looked for below the root; a deeper folder is an item with an error.</summary>
    /// <value>The default is 64.</value>
    public int MaxDepth { get; set; } = 64;

    /// <summary>Whether files and folders whose name begins with a dot are enumerated too.</summary>
    /// <value>The default is false: <c>.git</c>, <c>.rag</c> and the like are no documents of a person.</value>
    public bool IncludeHidden { get; set; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not positive.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxFileBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDepth);
    }
}
