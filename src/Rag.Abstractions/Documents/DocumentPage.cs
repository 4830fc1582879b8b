namespace Rag.Documents;

/// <summary>One page of a paginated document.</summary>
/// <param name="Number">The page as a person counts it, from 1.</param>
/// <param name="Range">Where its text stands in <see cref="Document.Text"/>; pages come in order and never overlap.</param>
public sealed record DocumentPage(int Number, TextRange Range);
