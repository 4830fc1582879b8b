using System.Text;

namespace Rag.Tokenizers.Decoding;

/// <summary>
/// Runs of byte tokens such as &lt;0xE2&gt; back to text. A run that is not valid UTF-8 as a whole is one U+FFFD for each byte,
/// so a run waits until another token ends it.
/// </summary>
internal sealed class ByteFallbackStage : DecoderStage
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly List<byte> _run = [];

    public override void Token(string text)
    {
        if (Models.ByteTokens.TryParse(text, out byte b))
        {
            _run.Add(b);
            return;
        }

        Finish();
        Next.Token(text);
    }

    protected override void Finish()
    {
        if (_run.Count == 0)
        {
            return;
        }

        string text;
        try
        {
            text = Strict.GetString([.. _run]);
        }
        catch (DecoderFallbackException)
        {
            text = new string('\uFFFD', _run.Count);
        }

        _run.Clear();
        Next.Token(text);
    }
}
