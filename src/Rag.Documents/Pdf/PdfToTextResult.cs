namespace Rag.Documents;

/// <summary>How a run of the program ended.</summary>
/// <param name="ExitCode">Its exit status; 0 when all went well.</param>
/// <param name="Errors">What it wrote to its error output, cut at a few thousand characters.</param>
/// <param name="PageCount">How many whole pages it gave.</param>
/// <param name="Title">The document's title, or null.</param>
internal sealed record PdfToTextResult(int ExitCode, string Errors, int PageCount, string? Title)
{
    /// <summary>Whether the first page asked for is behind the last that there is.</summary>
    public bool IsPastLastPage => Errors.Contains("Wrong page range", StringComparison.Ordinal);

    /// <summary>The first thing that it complained of.</summary>
    public string FirstError
    {
        get
        {
            string first = Errors.Split('\n', 2)[0].Trim();
            return first.Length > 0 ? first : $"pdftotext ended with status {ExitCode}.";
        }
    }
}
