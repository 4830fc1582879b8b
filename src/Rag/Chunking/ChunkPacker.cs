using System.Runtime.InteropServices;
using Rag.Chunks;
using Rag.Documents;

namespace Rag.Chunking;

/// <summary>Fills chunks with units, one block after the other, and keeps blocks whole where they fit. State of one document.</summary>
internal sealed class ChunkPacker(Document document, string fingerprint, ITokenCounter counter, ChunkingOptions options, int window)
{
    private readonly List<Chunk> _chunks = [];
    private readonly List<TextUnit> _units = [];
    private HeadingPath _path = HeadingPath.Empty;
    private int _tokens;

    /// <summary>Units at the front that the chunk before holds already.</summary>
    private int _repeated;

    /// <summary>The chunks so far.</summary>
    public IReadOnlyList<Chunk> Chunks => _chunks;

    /// <summary>Tokens that text under a path may have.</summary>
    public int Budget(HeadingPath path) => Math.Max(1, Math.Min(options.MaxTokens, window - path.Tokens));

    /// <summary>Tokens that a chunk may repeat.</summary>
    public int OverlapBudget(HeadingPath path) => (int)(options.Overlap * Budget(path));

    /// <summary>Whether what waits is worth a chunk of its own.</summary>
    private bool IsWorthAChunk => _units.Skip(_repeated).Sum(unit => unit.Tokens) >= options.MinTokens;

    /// <summary>
    /// Begins a section. What waits becomes a chunk, unless it is so short that it is better joined: under the new path where
    /// it was only the heading above, else under what both paths share.
    /// </summary>
    public HeadingPath BeginSection(HeadingPath path, HeadingTrail trail)
    {
        if (_units.Count > _repeated && !IsWorthAChunk)
        {
            bool onlyHeadings = _units.TrueForAll(unit => unit.Kind == ElementKind.Heading);
            _path = onlyHeadings && _path.IsAbove(path) ? path : trail.Common(_path, path);
        }
        else
        {
            Close(next: null);
            _path = path;
        }

        return _path;
    }

    /// <summary>Adds a block's units.</summary>
    public void Add(List<TextUnit> block)
    {
        int blockTokens = block.Sum(unit => unit.Tokens), budget = Budget(_path);
        if (_tokens + blockTokens > budget && blockTokens <= budget && IsWorthAChunk)
        {
            Close(next: blockTokens);
        }

        foreach (TextUnit unit in CollectionsMarshal.AsSpan(block))
        {
            if (_tokens + unit.Tokens > budget)
            {
                Close(next: unit.Tokens);
            }

            _units.Add(unit);
            _tokens += unit.Tokens;
        }
    }

    /// <summary>Ends the document.</summary>
    public void Complete() => Close(next: null);

    /// <summary>Makes a chunk of what waits and keeps the sentences at its end that the next one repeats.</summary>
    /// <param name="next">Tokens of what comes next, or null where nothing of this section does.</param>
    private void Close(int? next)
    {
        if (_units.Count > _repeated)
        {
            Emit(CollectionsMarshal.AsSpan(_units));
        }

        int keep = _units.Count, kept = 0, first = 1 + _units.FindIndex(unit => !unit.Range.Of(document.Text).IsWhiteSpace());
        while (next is { } coming && keep > Math.Max(first, 1) && _units[keep - 1].MayOverlap
            && kept + _units[keep - 1].Tokens <= OverlapBudget(_path) && kept + _units[keep - 1].Tokens + coming <= Budget(_path))
        {
            kept += _units[--keep].Tokens;
        }

        _units.RemoveRange(0, keep);
        _repeated = _units.Count;
        _tokens = kept;
    }

    /// <summary>
    /// Makes a chunk. Sums of units can fall short of the count of the whole by a token where a tokenizer's pieces depend on
    /// their neighbours; then the chunk is halved.
    /// </summary>
    private void Emit(ReadOnlySpan<TextUnit> units)
    {
        TextRange range = Trim(new TextRange(units[0].Range.Start, units[^1].Range.End));
        if (range.IsEmpty)
        {
            return;
        }

        Chunk chunk = new()
        {
            Id = ChunkId.Of(document, range, fingerprint),
            DocumentId = document.Id,
            Ordinal = _chunks.Count,
            Range = range,
            Text = document.Text[range.Start..range.End],
            HeadingPath = _path.Parts,
            Page = document.PageAt(range.Start),
        };
        bool fits = counter.MaxTokens == int.MaxValue || counter.Count(chunk.IndexedText) <= window;
        if (fits || (units.Length == 1 && chunk.HeadingPath.Count == 0))
        {
            _chunks.Add(chunk);
        }
        else if (units.Length == 1)
        {
            _chunks.Add(chunk with { HeadingPath = [] });
        }
        else
        {
            Emit(units[..(units.Length / 2)]);
            Emit(units[(units.Length / 2)..]);
        }
    }

    /// <summary>Leaves white space around the chunk out, except where a combining mark rests on it.</summary>
    private TextRange Trim(TextRange range)
    {
        ReadOnlySpan<char> text = document.Text;
        ReadOnlySpan<char> inner = range.Of(text);
        ReadOnlySpan<char> trimmed = inner.TrimStart();
        if (trimmed.IsEmpty)
        {
            return new TextRange(range.Start, range.Start);
        }

        int start = Graphemes.Floor(text, range.Start, range.End - trimmed.Length);
        int end = Graphemes.Next(text, start, range.Start + inner.TrimEnd().Length);
        return new TextRange(start, Math.Min(end, range.End));
    }
}
