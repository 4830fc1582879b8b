using Rag.Documents;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation.Spans;

/// <summary>A text in the tokens that a model would begin an answer with, with or without a space before it.</summary>
internal sealed class SpanTokens(Tokenizer tokenizer)
{
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, ParseSpecialTokens = false };

    // Where a tokenizer puts a space before every text, only what follows other text is without one.
    private readonly bool _addsSpace = TokenBytes.DropsFirstSpace(tokenizer);

    /// <summary>The text as the tokenizer has it, each token with the characters that it is from.</summary>
    public (int Id, TextRange Range)[] Encode(string text) => Tokens(tokenizer.Encode(text, Plain), 0, 0);

    /// <summary>The text with a space where the former has none, or without one where it has; none where its first word cannot be told from what is before it.</summary>
    public (int Id, TextRange Range)[] EncodeOtherwise(string text)
    {
        if (!_addsSpace)
        {
            return Tokens(tokenizer.Encode(" " + text, Plain), 0, 1);
        }

        Encoding behind = tokenizer.Encode("\n" + text, Plain);
        int first = 0;
        while (first < behind.Ids.Count && behind.Offsets[first].End <= 1)
        {
            first++;
        }

        return first < behind.Ids.Count && behind.Offsets[first].Start >= 1 ? Tokens(behind, first, 1) : [];
    }

    private static (int Id, TextRange Range)[] Tokens(Encoding encoding, int first, int shift)
    {
        (int, TextRange)[] tokens = new (int, TextRange)[encoding.Ids.Count - first];
        for (int i = 0; i < tokens.Length; i++)
        {
            TextRange range = encoding.Offsets[first + i];
            tokens[i] = (encoding.Ids[first + i], new TextRange(Math.Max(0, range.Start - shift), Math.Max(0, range.End - shift)));
        }

        return tokens;
    }
}
