using Rag.Tokenizers.Decoding;

namespace Rag.Tokenizers;

/// <summary>
/// Turns ids into text one at a time, as a model generates them. What is returned never ends in an unfinished character,
/// and all of it together equals <see cref="Tokenizer.Decode"/> of all ids. Not safe for concurrent use.
/// </summary>
public sealed class StreamDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly TextSink _sink = new();
    private readonly DecoderStage _first;
    private string _held = "";

    internal StreamDecoder(Tokenizer tokenizer, DecoderPlan plan, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _first = plan.Open(_sink);
    }

    /// <summary>Takes the next id; returns the text that is certain now, or the empty string.</summary>
    /// <param name="id">A token id; one that the vocabulary lacks adds nothing.</param>
    public string Append(int id)
    {
        if (_tokenizer.IdToToken(id) is not { } token || (_skipSpecialTokens && _tokenizer.IsSpecial(id)))
        {
            return "";
        }

        _first.Token(token);
        string text = _held + _sink.Take();

        // A replacement character at the end may yet turn out to be the beginning of something else.
        int certain = text.AsSpan().TrimEnd('\uFFFD').Length;
        _held = text[certain..];
        return text[..certain];
    }

    /// <summary>Ends the stream; returns what was held back. Afterwards the decoder is ready for another stream.</summary>
    public string Flush()
    {
        _first.Complete();
        string text = _held + _sink.Take();
        _held = "";
        return text;
    }
}
