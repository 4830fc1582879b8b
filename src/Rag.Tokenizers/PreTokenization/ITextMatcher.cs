namespace Rag.Tokenizers.PreTokenization;

/// <summary>Finds the matches of a split rule.</summary>
internal interface ITextMatcher
{
    /// <summary>Adds all matches in <paramref name="text"/>, in order and without overlap.</summary>
    void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches);
}
