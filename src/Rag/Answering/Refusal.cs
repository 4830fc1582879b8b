namespace Rag.Answering;

/// <summary>How "the documents do not say" is said, and known again in a model's words.</summary>
public static class Refusal
{
    /// <summary>The sentence, unless an option says another.</summary>
    public const string DefaultSentence = "The documents do not answer this question.";

    /// <summary>Whether a text says nothing, or the sentence and nothing more.</summary>
    internal static bool Is(string text, string sentence)
    {
        ReadOnlySpan<char> said = Bare(text), expected = Bare(sentence);
        return said.IsEmpty || said.Equals(expected, StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> text) => text.Trim().Trim("\"'“”‘’*_.。!").Trim();
}
