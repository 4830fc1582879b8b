namespace Rag.Tokenizers.Decoding;

/// <summary>Replaces every match of a rule within a token.</summary>
internal sealed class ReplaceStage(PreTokenization.ITextMatcher matcher, string replacement, bool singleCharacter) : DecoderStage
{
    private readonly List<(int Start, int End)> _matches = [];

    public override void Token(string text) => Next.Token(Replace(text));

    public override void Chunk(string text)
    {
        // A match of one character cannot reach over the edge of a chunk; a longer one waits for the end.
        if (singleCharacter)
        {
            Next.Chunk(Replace(text));
        }
        else
        {
            base.Chunk(text);
        }
    }

    private string Replace(string text)
    {
        _matches.Clear();
        matcher.Collect(text, _matches);
        if (_matches.Count == 0)
        {
            return text;
        }

        var replaced = new System.Text.StringBuilder(text.Length);
        int at = 0;
        foreach ((int start, int end) in _matches)
        {
            replaced.Append(text, at, start - at).Append(replacement);
            at = end;
        }

        return replaced.Append(text, at, text.Length - at).ToString();
    }
}
