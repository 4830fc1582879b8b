using Rag.Documents;
using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.PostProcessing;

namespace Rag.Tokenizers.Assembly;

/// <summary>Makes encodings of the tokens of one or two texts: cut, windowed, with special tokens around, and padded. Immutable.</summary>
internal sealed class EncodingAssembler(PostProcessor postProcessor, AddedVocabulary vocabulary)
{
    /// <summary>The tokens that a text, or a pair of texts, may have under the options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">When <see cref="EncodeOptions.MaxTokens"/> has no room for the special tokens.</exception>
    public int Room(EncodeOptions options, bool pair)
    {
        options.Validate();
        if (options.MaxTokens is not { } max)
        {
            return int.MaxValue;
        }

        int around = !options.AddSpecialTokens ? 0 : pair ? postProcessor.AddedToPair : postProcessor.AddedToSingle;
        ArgumentOutOfRangeException.ThrowIfLessThan(max, around, nameof(EncodeOptions.MaxTokens));
        return max - around;
    }

    /// <summary>The columns of the encoding and of what overflows from it, not padded yet.</summary>
    public List<EncodingColumns> Assemble(TokenRun first, TokenRun? second, EncodeOptions options)
    {
        int room = Room(options, second is not null);
        (int firstMax, int secondMax) = Truncation.Share(first.Count, second?.Count, room, options.Truncation);
        List<(int Start, int End)> firstWindows = Windows.Cut(first.Count, firstMax, options);
        if (second is null)
        {
            return [.. firstWindows.Select(window => Build(postProcessor.Single, first, window, null, default, options))];
        }

        List<(int Start, int End)> secondWindows = Windows.Cut(second.Count, secondMax, options);
        long combinations = (long)firstWindows.Count * secondWindows.Count;
        if (combinations > options.MaxWindows)
        {
            throw new LimitExceededException(nameof(EncodeOptions.MaxWindows), options.MaxWindows, combinations);
        }

        // What was kept comes first; then the order in which the reference implementation merges: the further windows of
        // the text placed first, each with all of the other's, then its kept window with the other's further ones.
        bool swapped = postProcessor.Pair.First(piece => piece.IsText).IsSecond;
        List<(int, int)> outer = swapped ? secondWindows : firstWindows;
        List<(int, int)> inner = swapped ? firstWindows : secondWindows;
        IEnumerable<(int Outer, int Inner)> order = Enumerable.Range(1, outer.Count - 1)
            .SelectMany(i => Enumerable.Range(0, inner.Count).Select(j => (i, j)))
            .Concat(Enumerable.Range(1, inner.Count - 1).Select(j => (0, j)))
            .Prepend((0, 0));
        return [.. order.Select(at => swapped
            ? Build(postProcessor.Pair, first, inner[at.Inner], second, outer[at.Outer], options)
            : Build(postProcessor.Pair, first, outer[at.Outer], second, inner[at.Inner], options))];
    }

    /// <summary>Pads encodings to one length, overflow included, and seals them.</summary>
    public static Encoding[] Seal(IReadOnlyList<List<EncodingColumns>> batch, PaddingOptions? padding)
    {
        if (padding is not null && batch.Count > 0)
        {
            int target = padding.Target(batch.Max(columns => columns[0].Ids.Count));
            foreach (EncodingColumns columns in batch.SelectMany(columns => columns))
            {
                columns.Pad(target, padding);
            }
        }

        return [.. batch.Select(columns => new Encoding(columns[0], [.. columns.Skip(1).Select(overflow => new Encoding(overflow, []))]))];
    }

    private EncodingColumns Build(
        IReadOnlyList<SpecialToken> template, TokenRun first, (int Start, int End) firstWindow, TokenRun? second, (int Start, int End) secondWindow, EncodeOptions options)
    {
        var columns = new EncodingColumns(firstWindow.End - firstWindow.Start + secondWindow.End - secondWindow.Start + template.Count);
        foreach (SpecialToken piece in template)
        {
            if (piece.IsText)
            {
                (TokenRun run, (int Start, int End) window) = piece.IsSecond ? (second!, secondWindow) : (first, firstWindow);
                AddText(run, window, piece, columns);
            }
            else if (options.AddSpecialTokens)
            {
                columns.AddSpecial(piece.Id, piece.Token!, piece.TypeId);
            }
        }

        return columns;
    }

    private void AddText(TokenRun run, (int Start, int End) window, SpecialToken place, EncodingColumns columns)
    {
        for (int i = window.Start; i < window.End; i++)
        {
            string token = run.Spelling(i) ?? vocabulary.TokenOf(run.Id(i)) ?? "";
            (int start, int end) = run.Range(i);
            if (postProcessor.Trimming is { } trimming)
            {
                (start, end) = trimming.Trim(run.Text, token, i == window.Start, (start, end));
            }

            columns.Add(run.Id(i), token, place.TypeId, new TextRange(start, end), run.Word(i), place.IsSecond ? 1 : 0, special: false, attended: true);
        }
    }
}
