using System.Buffers;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>Prompt and output of a request in a rented array that grows by doubling.</summary>
internal sealed class TokenSequence : IDisposable
{
    private const int FirstRoom = 1024;

    private int[] _tokens;
    private int _count;

    public TokenSequence(ReadOnlySpan<int> prompt, int maxOutputTokens)
    {
        PromptLength = prompt.Length;
        _tokens = ArrayPool<int>.Shared.Rent(prompt.Length + Math.Min(maxOutputTokens, FirstRoom));
        prompt.CopyTo(_tokens);
        _count = prompt.Length;
    }

    public int PromptLength { get; }

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _count);

    public void Add(int id)
    {
        if (_count == _tokens.Length)
        {
            int[] larger = ArrayPool<int>.Shared.Rent(checked(_count * 2));
            Tokens.CopyTo(larger);
            ArrayPool<int>.Shared.Return(_tokens);
            _tokens = larger;
        }

        _tokens[_count++] = id;
    }

    public void Dispose()
    {
        if (_tokens.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_tokens);
            _tokens = [];
            _count = 0;
        }
    }
}
