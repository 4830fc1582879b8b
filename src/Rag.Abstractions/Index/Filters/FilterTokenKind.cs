namespace Rag.Index.Filters;

/// <summary>What a piece of a filter's text form is.</summary>
internal enum FilterTokenKind
{
    End,
    Name,
    Word,
    Sign,
    Value,
}
