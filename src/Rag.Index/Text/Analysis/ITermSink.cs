namespace Rag.Index.Text;

/// <summary>Takes the terms of a text, in text order.</summary>
public interface ITermSink
{
    /// <summary>Takes the next term, one position after the last. The span is only valid during the call.</summary>
    void Add(ReadOnlySpan<char> term);

    /// <summary>
    /// Takes the next term at a given distance from the last, as Lucene's position increment: 1 is the next position, 0 the same (one
    /// more reading of the same word, which does not count in the text's length), n leaves out n - 1 positions, where terms that are
    /// not indexed stood. A phrase matches terms whose distances are the same. The span is only valid during the call.
    /// </summary>
    /// <param name="term">The term.</param>
    /// <param name="increment">At least 0; the first term's 0 counts as 1.</param>
    void Add(ReadOnlySpan<char> term, int increment) => Add(term);
}
