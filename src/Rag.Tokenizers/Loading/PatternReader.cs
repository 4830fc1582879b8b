using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads {"String": …} and {"Regex": …}.</summary>
internal static class PatternReader
{
    /// <summary>The matcher of the pattern under a name.</summary>
    public static ITextMatcher Read(JsonComponent component, string name, out string? literal)
    {
        JsonComponent pattern = component.Child(name);
        literal = pattern.StringOrNull("String");
        if (literal is not null)
        {
            return new LiteralMatcher(literal);
        }

        string regex = pattern.StringOrNull("Regex") ?? throw pattern.Corrupt("has neither 'String' nor 'Regex'");
        if (GptMatcher.For(regex) is { } known)
        {
            return known;
        }

        try
        {
            return RegexMatcher.Create(regex, pattern.Location);
        }
        catch (ArgumentException e)
        {
            throw new UnsupportedException(
                $"{pattern.Location}: the regular expression of {pattern.Path} is written in a dialect that is not supported ({e.Message}).", pattern.Location, e);
        }
    }
}
