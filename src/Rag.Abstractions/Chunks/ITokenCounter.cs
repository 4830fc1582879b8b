namespace Rag.Chunks;

/// <summary>
/// Counts text in the tokens of one model. An embedding generator or chat client hands out its own through
/// <c>GetService(typeof(ITokenCounter))</c>. Safe for concurrent use.
/// </summary>
public interface ITokenCounter
{
    /// <summary>A name that changes whenever counts would, such as the hash of the tokenizer's file.</summary>
    string Fingerprint { get; }

    /// <summary>Tokens that one input may have, without those that the model adds around it; <see cref="int.MaxValue"/> where unknown.</summary>
    int MaxTokens { get; }

    /// <summary>The number of tokens of <paramref name="text"/>, without those that the model adds around it.</summary>
    int Count(ReadOnlySpan<char> text);

    /// <summary>Length in UTF-16 code units of the longest prefix of <paramref name="text"/> with at most <paramref name="maxTokens"/> tokens.</summary>
    int PrefixLength(ReadOnlySpan<char> text, int maxTokens);
}
