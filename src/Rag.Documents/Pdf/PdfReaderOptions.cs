namespace Rag.Documents;

/// <summary>Limits of <see cref="PdfReader"/> and of the program that it runs.</summary>
public sealed class PdfReaderOptions : ReaderOptions
{
    /// <summary>The program that reads PDF: a name looked for in PATH, or a path.</summary>
    /// <value>The default is "pdftotext", of poppler.</value>
    public string ProgramPath { get; set; } = "pdftotext";

    /// <summary>How long the program may run for one file.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How much memory the program may take, in bytes.</summary>
    /// <value>The default is 512 MiB.</value>
    public long MaxProgramMemoryBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>How much the program may write, in bytes; a word takes about a hundred.</summary>
    /// <value>The default is 512 MiB.</value>
    public long MaxProgramOutputBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>How many words one page may have.</summary>
    /// <value>The default is 200,000.</value>
    public int MaxWordsPerPage { get; set; } = 200_000;

    /// <summary>How many pages of one file the program may break down on; they are left empty, and those after them are read.</summary>
    /// <value>The default is 3.</value>
    public int MaxFailedPages { get; set; } = 3;

    /// <summary>What measures <see cref="Timeout"/>.</summary>
    /// <value>The default is <see cref="System.TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentException.ThrowIfNullOrEmpty(ProgramPath);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxProgramMemoryBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxProgramOutputBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxWordsPerPage);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxFailedPages);
    }
}
