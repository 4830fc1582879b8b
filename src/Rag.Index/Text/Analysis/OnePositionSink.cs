namespace Rag.Index.Text;

/// <summary>Hands terms on at one position, the next after what came before.</summary>
internal sealed class OnePositionSink(ITermSink sink) : ITermSink
{
    private int _increment = 1;

    public void Add(ReadOnlySpan<char> term) => Add(term, 1);

    public void Add(ReadOnlySpan<char> term, int increment)
    {
        sink.Add(term, _increment);
        _increment = 0;
    }
}
