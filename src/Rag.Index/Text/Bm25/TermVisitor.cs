namespace Rag.Index.Text;

/// <summary>Takes a term, as UTF-8, and one posting of it.</summary>
internal delegate void TermVisitor(ReadOnlySpan<byte> term, Posting posting);
