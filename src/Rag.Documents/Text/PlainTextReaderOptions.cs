namespace Rag.Documents;

/// <summary>Limits of <see cref="PlainTextReader"/>.</summary>
public sealed class PlainTextReaderOptions : ReaderOptions
{
}
