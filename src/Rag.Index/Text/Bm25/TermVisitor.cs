namespace Rag.Index.Text;

/// <summary>Takes a term, as UTF-8, one posting of it, and where the term stands in that chunk; the spans are valid during the call.</summary>
internal delegate void TermVisitor(ReadOnlySpan<byte> term, Posting posting, ReadOnlySpan<int> positions);
