namespace Rag.Index.Text;

/// <summary>Takes the terms of a text, in text order.</summary>
public interface ITermSink
{
    /// <summary>Takes the next term. The span is only valid during the call.</summary>
    void Add(ReadOnlySpan<char> term);
}
