namespace Rag.Tokenizers.Decoding;

/// <summary>BPEDecoder: the end-of-word suffix becomes a space, in the last token nothing; so each token waits for the next.</summary>
internal sealed class SuffixStage(string suffix) : DecoderStage
{
    private string? _held;

    public override void Token(string text)
    {
        Release(" ");
        _held = text;
    }

    protected override void Finish() => Release("");

    private void Release(string replacement)
    {
        if (_held is not null)
        {
            Next.Token(suffix.Length == 0 ? _held : _held.Replace(suffix, replacement, StringComparison.Ordinal));
            _held = null;
        }
    }
}
