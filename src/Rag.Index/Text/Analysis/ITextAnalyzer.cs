namespace Rag.Index.Text;

/// <summary>
/// Turns text into the terms that BM25 counts; the same for passages and for questions. Implementations are stateless or
/// locked: an index calls one analyzer from several threads at once. An analyzer that knows nothing of positions only calls
/// <see cref="ITermSink.Add(ReadOnlySpan{char})"/>; its terms stand one after another.
/// </summary>
public interface ITextAnalyzer
{
    /// <summary>
    /// A string that changes whenever the same text would give other terms or positions. An index that was built with another fingerprint
    /// refuses to be searched or written.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>Hands every term of <paramref name="text"/> to <paramref name="sink"/>, repeats included, in text order.</summary>
    /// <param name="text">Any UTF-16 text, sound or not; nothing in it makes this throw.</param>
    /// <param name="sink">Takes the terms.</param>
    void Analyze(ReadOnlySpan<char> text, ITermSink sink);
}
