using System.Buffers;
using System.Text;
using Rag.Tokenizers.Models;

namespace Rag.Tokenizers.Decoding;

/// <summary>
/// SentencePiece's own decoding (google/sentencepiece, sentencepiece_processor.cc): marks to spaces, the mark that was put
/// before the text dropped, byte tokens to the characters that they spell, one U+FFFD for every byte that is part of none.
/// </summary>
/// <param name="unknown">The unknown token, or null.</param>
/// <param name="unknownText">What the unknown token is shown as.</param>
/// <param name="control">Control tokens, which are shown as they are where they are not left out.</param>
/// <param name="prefixed">Whether a space was put before the text.</param>
/// <param name="tidied">Whether extra spaces were removed, so that none can begin the text.</param>
internal sealed class SentencePieceStage(string? unknown, string unknownText, IReadOnlySet<string> control, bool prefixed, bool tidied) : DecoderStage
{
    private const char Mark = Normalization.SentencePieceNormalizer.Mark;

    private readonly List<byte> _bytes = [];
    private bool _begun;

    public override void Token(string text)
    {
        if (ByteTokens.TryParse(text, out byte b))
        {
            _bytes.Add(b);
            GiveBytes(atEnd: false);
            return;
        }

        GiveBytes(atEnd: true);
        if (text == unknown)
        {
            Give(unknownText);
            return;
        }

        if (control.Contains(text))
        {
            Next.Token(text);
            return;
        }

        bool dropped = !_begun && (prefixed || tidied) && text.StartsWith(Mark);
        Give((dropped ? text[1..] : text).Replace(Mark, ' '));
        _begun |= dropped && !tidied;
    }

    protected override void Finish()
    {
        GiveBytes(atEnd: true);
        _begun = false;
    }

    private void Give(string text)
    {
        if (text.Length > 0)
        {
            _begun = true;
            Next.Token(text);
        }
    }

    private void GiveBytes(bool atEnd)
    {
        Span<byte> window = stackalloc byte[4];
        Span<char> units = stackalloc char[2];
        while (_bytes.Count > 0)
        {
            int count = Math.Min(4, _bytes.Count);
            for (int i = 0; i < count; i++)
            {
                window[i] = _bytes[i];
            }

            OperationStatus status = Rune.DecodeFromUtf8(window[..count], out Rune rune, out int used);
            if (status == OperationStatus.NeedMoreData && !atEnd)
            {
                return;
            }

            _bytes.RemoveRange(0, status == OperationStatus.Done ? used : 1);
            Give(new string(units[..(status == OperationStatus.Done ? rune : Rune.ReplacementChar).EncodeToUtf16(units)]));
        }
    }
}
