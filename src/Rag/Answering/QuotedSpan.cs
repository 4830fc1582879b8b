using Rag.Chunks;
using Rag.Citations;
using Rag.Documents;
using Rag.Matching;

namespace Rag.Answering;

/// <summary>Words that a reader points at, and the sentence around them that is quoted for them.</summary>
/// <param name="Words">The words, tidied, in the document's text.</param>
/// <param name="Quote">The sentence, or the sentences that they reach into; cut behind the words where it is too long.</param>
/// <param name="IsProse">Whether they stand in sentences, as opposed to a heading, code, or an entry.</param>
/// <param name="IsEntry">Whether they stand in an entry of a list or table.</param>
internal readonly record struct QuotedSpan(TextRange Words, TextRange Quote, bool IsProse, bool IsEntry)
{
    /// <summary>Finds the sentence.</summary>
    /// <param name="passage">The passage that was read.</param>
    /// <param name="span">The reader's span, in the chunk.</param>
    /// <param name="maxQuoteCharacters">Longest quote; longer only where the words themselves are.</param>
    public static QuotedSpan Of(StoredPassage passage, TextRange span, int maxQuoteCharacters)
    {
        (Chunk chunk, Document document) = (passage.Chunk, passage.Document);
        TextRange words = AnswerSpan.Tidy(document.Text, chunk.Range, new TextRange(chunk.Range.Start + span.Start, chunk.Range.Start + span.End));
        List<PassageSentence> around = [.. passage.Sentences.Where(sentence => sentence.Range.Overlaps(words))];
        if (around.Count == 0 || !around.TrueForAll(sentence => sentence.IsProse))
        {
            return new QuotedSpan(words, words, IsProse: false, around.Exists(sentence => sentence.IsEntry));
        }

        TextRange quote = new(Math.Min(words.Start, around[0].Range.Start), Math.Max(words.End, around[^1].Range.End));
        quote = words.End - quote.Start > maxQuoteCharacters ? words : quote;
        TextRange shortened = QuoteText.Shorten(document.Text, quote, Math.Max(maxQuoteCharacters, words.Length));
        return new QuotedSpan(words, shortened with { End = Math.Max(shortened.End, words.End) }, IsProse: true, IsEntry: false);
    }
}
