using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>Splits by one rule; most named pre-tokenizers are no more than that.</summary>
internal sealed class SplitPreTokenizer(ITextMatcher matcher, SplitBehavior behavior, bool invert = false) : IPreTokenizer
{
    /// <summary>WhitespaceSplit: drops white space.</summary>
    public static SplitPreTokenizer WhitespaceSplit { get; } = new(new CharacterMatcher(Rune.IsWhiteSpace), SplitBehavior.Removed);

    /// <summary>Whitespace: words and runs of symbols, white space dropped.</summary>
    public static SplitPreTokenizer Whitespace { get; } = new(new WordMatcher(), SplitBehavior.Removed, invert: true);

    /// <summary>Punctuation, with BERT's idea of it.</summary>
    public static SplitPreTokenizer Punctuation(SplitBehavior behavior) =>
        new(new CharacterMatcher(rune => UnicodeTables.IsPunctuation(rune.Value)), behavior);

    /// <summary>Digits: numbers of every script, one by one or run by run.</summary>
    public static SplitPreTokenizer Digits(bool individual) =>
        new(
            new CharacterMatcher(rune => (CharacterClass.Of(rune) & CharacterClass.Number) != 0),
            individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public void PreTokenize(PreTokenizedText text) => text.Split(matcher, behavior, invert);
}
