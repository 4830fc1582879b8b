using Rag.Chunking;
using Rag.Chunks;

namespace Rag.Tests.Fakes;

/// <summary>Words as tokens, with a window, and a count of the characters it was shown.</summary>
internal sealed class BoundedCounter(int maxTokens) : ITokenCounter
{
    private readonly WordTokenCounter _words = new();

    public long CharactersSeen { get; private set; }

    public string Fingerprint => "bounded-" + maxTokens;

    public int MaxTokens => maxTokens;

    public int Count(ReadOnlySpan<char> text)
    {
        CharactersSeen += text.Length;
        return _words.Count(text);
    }

    public int PrefixLength(ReadOnlySpan<char> text, int maxTokens)
    {
        CharactersSeen += text.Length;
        return _words.PrefixLength(text, maxTokens);
    }
}
