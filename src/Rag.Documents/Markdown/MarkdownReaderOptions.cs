namespace Rag.Documents;

/// <summary>Limits of <see cref="MarkdownReader"/>.</summary>
public sealed class MarkdownReaderOptions : ReaderOptions
{
}
