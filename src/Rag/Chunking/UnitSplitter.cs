using Rag.Chunks;
using Rag.Documents;

namespace Rag.Chunking;

/// <summary>
/// Cuts a block into units none of which is over the budget: sentences, lines of code; too long ones at words, too long words
/// at graphemes. Each character is counted a bounded number of times.
/// </summary>
internal sealed class UnitSplitter(ITokenCounter counter)
{
    /// <summary>A token of a vocabulary may stand for a word of any length; past this many characters each it is not believed.</summary>
    private const int CharactersPerToken = 16;

    /// <summary>Tokens of a piece of text, and at least one per <see cref="CharactersPerToken"/> characters.</summary>
    public int Cost(ReadOnlySpan<char> text) => Math.Max(counter.Count(text), LeastCost(text.Length));

    /// <summary>The units of a block, appended to a list.</summary>
    /// <param name="text">The document's text.</param>
    /// <param name="block">The block.</param>
    /// <param name="budget">Tokens of a unit at most.</param>
    /// <param name="pieceBudget">Tokens of a part at most where a single sentence passes the budget.</param>
    /// <param name="units">Where the units go.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public void Split(string text, TextBlock block, int budget, int pieceBudget, List<TextUnit> units, CancellationToken cancellationToken)
    {
        if (block.Kind is not (ElementKind.Paragraph or ElementKind.Heading) && TryWhole(text, block.Range, block.Kind, budget, units))
        {
            return;
        }

        int start = block.Range.Start;
        foreach (TextRange sentence in block.Kind == ElementKind.Code ? Lines(text, block.Range) : SentenceSplitter.Split(text, block.Range))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (sentence.End < block.Range.End && !Graphemes.IsBoundary(text, start, sentence.End))
            {
                continue;
            }

            TextRange range = new(start, sentence.End);
            if (!TryWhole(text, range, block.Kind, budget, units))
            {
                SplitSentence(text, range, block.Kind, pieceBudget, units);
            }

            start = sentence.End;
        }
    }

    private static int LeastCost(int length) => (length + CharactersPerToken - 1) / CharactersPerToken;

    private static List<TextRange> Lines(string text, TextRange range)
    {
        List<TextRange> lines = [];
        int start = range.Start;
        while (start < range.End)
        {
            int newline = text.AsSpan(start, range.End - start).IndexOf('\n');
            int end = newline < 0 ? range.End : start + newline + 1;
            lines.Add(new TextRange(start, end));
            start = end;
        }

        return lines;
    }

    private bool TryWhole(string text, TextRange range, ElementKind kind, int budget, List<TextUnit> units)
    {
        if (LeastCost(range.Length) > budget)
        {
            return false;
        }

        int cost = Cost(range.Of(text));
        if (cost > budget)
        {
            return false;
        }

        units.Add(new TextUnit(range, cost, kind));
        return true;
    }

    private void SplitSentence(string text, TextRange sentence, ElementKind kind, int budget, List<TextUnit> units)
    {
        int start = sentence.Start;
        while (start < sentence.End)
        {
            int end = Cut(text, start, start + Reach(text.AsSpan(start, sentence.End - start), budget), sentence.End);
            units.Add(new TextUnit(new TextRange(start, end), Cost(text.AsSpan(start, end - start)), kind));
            start = end;
        }
    }

    /// <summary>How far the budget reaches; looks at a small window first, since most text has four to five characters a token.</summary>
    private int Reach(ReadOnlySpan<char> rest, int budget)
    {
        int window = (int)Math.Min(rest.Length, (long)budget * CharactersPerToken);
        int small = (int)Math.Min(window, (long)budget * 6);
        int reach = counter.PrefixLength(rest[..small], budget);
        return reach == small && small < window ? counter.PrefixLength(rest[..window], budget) : reach;
    }

    /// <summary>The best place to cut at or before <paramref name="reach"/>: after white space, else between graphemes; always past the start.</summary>
    private static int Cut(string text, int start, int reach, int end)
    {
        if (reach >= end)
        {
            return end;
        }

        for (int i = reach; i > start; i--)
        {
            if (char.IsWhiteSpace(text[i - 1]) && !text.AsSpan(start, i - start).IsWhiteSpace() && Graphemes.IsBoundary(text, start, i))
            {
                return i;
            }
        }

        return Math.Min(end, Graphemes.Previous(text, start, Math.Max(reach, start)));
    }
}
