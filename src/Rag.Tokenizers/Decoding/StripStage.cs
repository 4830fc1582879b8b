namespace Rag.Tokenizers.Decoding;

/// <summary>Takes a number of one character off the start and the end of every token.</summary>
internal sealed class StripStage(char content, int start, int stop) : DecoderStage
{
    private int _taken;
    private bool _begun;
    private string _held = "";

    public override void Token(string text)
    {
        int from = 0;
        while (from < start && from < text.Length && text[from] == content)
        {
            from++;
        }

        int to = text.Length;
        while (text.Length - to < stop && to > from && text[to - 1] == content)
        {
            to--;
        }

        Next.Token(text[from..to]);
    }

    public override void Chunk(string text)
    {
        int from = 0;
        while (!_begun && from < text.Length)
        {
            if (_taken < start && text[from] == content)
            {
                _taken++;
                from++;
            }
            else
            {
                _begun = true;
            }
        }

        text = _held + text[from..];

        // What may turn out to be the end is held back.
        int to = text.Length;
        while (text.Length - to < stop && to > 0 && text[to - 1] == content)
        {
            to--;
        }

        _held = text[to..];
        if (to > 0)
        {
            Next.Chunk(text[..to]);
        }
    }

    protected override void Finish()
    {
        _taken = 0;
        _begun = false;
        _held = "";
    }
}
