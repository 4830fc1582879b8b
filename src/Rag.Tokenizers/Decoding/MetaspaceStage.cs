namespace Rag.Tokenizers.Decoding;

/// <summary>SentencePiece's visible mark back to spaces; the first token's marks vanish where one was put before the text.</summary>
internal sealed class MetaspaceStage(char mark, bool prepended) : DecoderStage
{
    private bool _started;

    public override void Token(string text)
    {
        bool drop = !_started && prepended;
        _started = true;
        Next.Token(drop ? text.Replace(mark.ToString(), "", StringComparison.Ordinal) : text.Replace(mark, ' '));
    }

    protected override void Finish() => _started = false;
}
