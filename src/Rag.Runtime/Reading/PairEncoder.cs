using Rag.Tokenizers;

namespace Rag.Runtime.Reading;

/// <summary>Questions and passages to tokens, cut and bounded as the options say. Thread-safe.</summary>
internal sealed class PairEncoder
{
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, ParseSpecialTokens = false };
    private readonly Tokenizer _tokenizer;
    private readonly SpanReaderOptions _options;
    private readonly int _maxTokens;
    private readonly int _classifier;
    private readonly int _separator;

    public PairEncoder(Tokenizer tokenizer, SpanReaderOptions options, int maxTokens, string name)
    {
        (_tokenizer, _options, _maxTokens) = (tokenizer, options, maxTokens);

        // What stands around the empty text: the tokens of the pair, whatever they are called.
        if (tokenizer.Encode(string.Empty).Ids is not [int classifier, int separator])
        {
            throw new UnsupportedException($"The tokenizer of the model {name} does not put one token before and one behind a text, as BERT's does; it is not supported for a span reader.", name);
        }

        if (maxTokens < 16)
        {
            throw new UnsupportedException($"The model {name} takes {maxTokens} tokens, too few for a question and a passage.", name);
        }

        (_classifier, _separator) = (classifier, separator);
    }

    /// <summary>A question, at most half of what the special tokens leave, so that room for passages is never less.</summary>
    public PairLayout Question(string question)
    {
        int length = Math.Min(question.Length, _options.MaxQuestionCharacters);
        if (length < question.Length && char.IsHighSurrogate(question[length - 1]) && char.IsLowSurrogate(question[length]))
        {
            length--;
        }

        List<int> ids = [];
        _tokenizer.Encode(question.AsSpan(0, length), ids, Plain);
        int most = (_maxTokens - PairLayout.SpecialTokens) / 2;
        return new PairLayout(_classifier, _separator, [.. ids.Take(most)]);
    }

    /// <summary>The most passage tokens of a window beside a question, and how many of them two windows share.</summary>
    public (int Room, int Overlap) Windows(PairLayout pair)
    {
        int room = _maxTokens - pair.Length(0);
        return (room, Math.Min(Math.Max(_options.WindowOverlapTokens, _options.MaxSpanTokens - 1), room / 2));
    }

    public EncodedPassage Passage(string? passage, int index)
    {
        ArgumentNullException.ThrowIfNull(passage, $"passages[{index}]");
        if (passage.Length > _options.MaxPassageCharacters)
        {
            throw new LimitExceededException(nameof(SpanReaderOptions.MaxPassageCharacters), _options.MaxPassageCharacters, passage.Length, $"Passage {index}");
        }

        Encoding encoding = _tokenizer.Encode(passage, Plain);
        return new EncodedPassage([.. encoding.Ids], encoding.Offsets);
    }
}
