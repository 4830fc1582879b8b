namespace Rag.Tokenizers.Decoding;

/// <summary>Tokens with a space between them.</summary>
internal sealed class JoinStage : DecoderStage
{
    private bool _started;

    public override void Token(string text)
    {
        Next.Token(_started ? " " + text : text);
        _started = true;
    }

    protected override void Finish() => _started = false;
}
