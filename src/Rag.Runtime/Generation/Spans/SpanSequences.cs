using System.Globalization;
using Rag.Documents;
using Rag.Runtime.Generation.Constraints.Quotes;

namespace Rag.Runtime.Generation.Spans;

/// <summary>All spans of some sources, as sequences of tokens of which each beginning is one.</summary>
internal sealed class SpanSequences(SpanTokens tokens, SpanExtractionOptions options)
{
    // Of a token, on average.
    private const int MostCharacters = 64;

    private readonly List<SpanSequence> _sequences = [];

    /// <summary>The sequences, in order.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static List<SpanSequence> Of(IReadOnlyList<QuoteSource> sources, SpanTokens tokens, SpanExtractionOptions options, CancellationToken cancellationToken)
    {
        SpanSequences all = new(tokens, options);
        for (int i = 0; i < sources.Count; i++)
        {
            all.Add(i, sources[i].Text, cancellationToken);
        }

        all._sequences.Sort();
        return all._sequences;
    }

    private void Add(int source, string text, CancellationToken cancellationToken)
    {
        bool[] edges = new bool[text.Length + 1];
        for (int at = 0; at < text.Length; at += StringInfo.GetNextTextElementLength(text, at))
        {
            edges[at] = !options.WholeWords || WordEdges.IsEdge(text, at);
        }

        edges[^1] = true;
        foreach (int start in Starts(text))
        {
            if (edges[start])
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(source, text, start, edges);
            }
        }
    }

    private IEnumerable<int> Starts(string text)
    {
        if (options.WholeWords)
        {
            return Enumerable.Range(0, text.Length).Where(at => !char.IsWhiteSpace(text[at]));
        }

        // Of a token that begins with a space the word.
        return tokens.Encode(text).Select(token => Enumerable.Range(token.Range.Start, Math.Max(0, token.Range.Length)).FirstOrDefault(at => !char.IsWhiteSpace(text[at]), -1))
            .Where(at => at >= 0).Distinct();
    }

    private void Add(int source, string text, int start, bool[] edges)
    {
        // So many characters as give a token more than wanted, since what the last one is depends on what follows; but not without end where a tokenizer drops most.
        int rest = text.Length - start, most = Math.Min(rest, MostCharacters * options.MaxSpanTokens);
        int window = Math.Min(rest, 4 * options.MaxSpanTokens);
        (int Id, TextRange Range)[] plain;
        while ((plain = tokens.Encode(text.Substring(start, window))).Length <= options.MaxSpanTokens && window < most)
        {
            window = Math.Min(most, 2 * window);
        }

        Add(source, text, start, plain, edges, window == rest);
        if (options.BothSpacings)
        {
            Add(source, text, start, tokens.EncodeOtherwise(text.Substring(start, window)), edges, window == rest);
        }
    }

    private void Add(int source, string text, int start, ReadOnlySpan<(int Id, TextRange Range)> written, bool[] edges, bool whole)
    {
        written = whole || written.IsEmpty ? written : written[..^1];
        int count = Math.Min(options.MaxSpanTokens, written.Length);
        int[] ids = new int[count], ends = new int[count];
        int before = start, length = 0;
        for (int i = 0; i < count; i++)
        {
            // A character may be of several tokens, and a token of no character.
            int end = start + written[i].Range.End;
            bool cut = i + 1 < written.Length && written[i + 1].Range.Start < written[i].Range.End;
            ids[i] = written[i].Id;
            ends[i] = !cut && end > before && edges[end] && !char.IsWhiteSpace(text[end - 1]) ? end : -1;
            length = ends[i] >= 0 ? i + 1 : length;
            before = cut ? before : Math.Max(before, end);
        }

        if (length > 0)
        {
            _sequences.Add(new SpanSequence(source, start, ids[..length], ends[..length]));
        }
    }
}
