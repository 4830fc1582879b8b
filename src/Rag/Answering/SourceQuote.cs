using Rag.Documents;

namespace Rag.Answering;

/// <summary>A quote of a source of the prompt.</summary>
/// <param name="Source">The source's number, from 1.</param>
/// <param name="Range">Where the quote stands in the text of the source as it was shown.</param>
public sealed record SourceQuote(int Source, TextRange Range);
