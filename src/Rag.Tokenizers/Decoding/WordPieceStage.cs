namespace Rag.Tokenizers.Decoding;

/// <summary>Pieces joined, words parted by spaces; with cleanup English punctuation and contractions close up.</summary>
internal sealed class WordPieceStage(string prefix, bool cleanup) : DecoderStage
{
    private bool _started;

    public override void Token(string text)
    {
        if (_started)
        {
            text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : " " + text;
        }

        _started = true;
        Next.Token(cleanup ? CleanUp(text) : text);
    }

    /// <summary>The fixed replacements of the reference implementation, within one token.</summary>
    public static string CleanUp(string text) => !text.Contains(' ', StringComparison.Ordinal) ? text : text
        .Replace(" .", ".", StringComparison.Ordinal)
        .Replace(" ?", "?", StringComparison.Ordinal)
        .Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal)
        .Replace(" ' ", "'", StringComparison.Ordinal)
        .Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal)
        .Replace(" do not", " don't", StringComparison.Ordinal)
        .Replace(" 's", "'s", StringComparison.Ordinal)
        .Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);

    protected override void Finish() => _started = false;
}
