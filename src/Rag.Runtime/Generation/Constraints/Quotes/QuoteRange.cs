namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>The places in the order of <see cref="QuotableText"/> at which a quote so far may have begun.</summary>
/// <param name="Low">The first.</param>
/// <param name="High">The one after the last; not above <paramref name="Low"/> for none.</param>
/// <param name="Depth">The bytes of the quote so far.</param>
internal readonly record struct QuoteRange(int Low, int High, int Depth)
{
    public bool IsEmpty => High <= Low;
}
