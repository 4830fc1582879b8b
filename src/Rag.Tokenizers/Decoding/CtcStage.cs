namespace Rag.Tokenizers.Decoding;

/// <summary>CTC (Graves and others 2006): repeats collapse, padding vanishes, the word delimiter is a space.</summary>
internal sealed class CtcStage(string pad, string wordDelimiter, bool cleanup) : DecoderStage
{
    private string? _last;

    public override void Token(string text)
    {
        if (text == _last)
        {
            return;
        }

        _last = text;
        string shown = pad.Length == 0 ? text : text.Replace(pad, "", StringComparison.Ordinal);
        if (cleanup)
        {
            shown = WordPieceStage.CleanUp(shown);
            shown = wordDelimiter.Length == 0 ? shown : shown.Replace(wordDelimiter, " ", StringComparison.Ordinal);
        }

        if (shown.Length > 0)
        {
            Next.Token(shown);
        }
    }

    protected override void Finish() => _last = null;
}
