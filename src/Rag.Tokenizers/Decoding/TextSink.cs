using System.Text;

namespace Rag.Tokenizers.Decoding;

/// <summary>Gathers text at the end of the stages.</summary>
internal sealed class TextSink : DecoderStage
{
    private readonly StringBuilder _text = new();

    public override void Token(string text) => _text.Append(text);

    public override void Chunk(string text) => _text.Append(text);

    /// <summary>What came since the last call.</summary>
    public string Take()
    {
        if (_text.Length == 0)
        {
            return "";
        }

        string text = _text.ToString();
        _text.Clear();
        return text;
    }
}
