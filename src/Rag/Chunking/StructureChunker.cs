using System.Globalization;
using Rag.Chunks;
using Rag.Documents;

namespace Rag.Chunking;

/// <summary>
/// Cuts documents along their structure to a budget of tokens: a heading begins a new section, paragraphs, list items, table
/// rows and code stay whole where they fit, long ones are cut at sentences, long sentences at words, long words at graphemes.
/// Sections and rests below <see cref="ChunkingOptions.MinTokens"/> are joined with what follows. A chunk repeats the last
/// sentences of the one before it in its section up to <see cref="ChunkingOptions.Overlap"/>; table rows are not repeated.
/// Time and memory grow in proportion to the text, whatever the text is.
/// </summary>
/// <remarks>
/// A chunk's <see cref="Chunk.IndexedText"/> is never over the counter's window. The one exception: a single grapheme of more
/// tokens than the window (a letter under a thousand accents) is kept whole, since chunks never split one.
/// </remarks>
public sealed class StructureChunker : IChunker
{
    private readonly ITokenCounter _counter;
    private readonly ChunkingOptions _options;
    private readonly UnitSplitter _splitter;
    private readonly int _window;

    /// <summary>Creates the chunker.</summary>
    /// <param name="counter">Counts tokens as the embedding model will; <see cref="WordTokenCounter"/> where null.</param>
    /// <param name="options">The budget; the defaults where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public StructureChunker(ITokenCounter? counter = null, ChunkingOptions? options = null)
    {
        _counter = counter ?? new WordTokenCounter();
        _options = options ?? new ChunkingOptions();
        _options.Validate();
        _splitter = new UnitSplitter(_counter);
        _window = Math.Max(1, _counter.MaxTokens - _options.ReservedTokens);
        Fingerprint = string.Create(
            CultureInfo.InvariantCulture,
            $"structure-1;{_options.MaxTokens};{_options.Overlap};{_options.MinTokens};{_options.MaxHeadingTokens};{_options.ReservedTokens};{_counter.Fingerprint}");
    }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Chunk> Split(Document document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        HeadingTrail trail = new(_counter, document.Title, Math.Min(_options.MaxHeadingTokens, Math.Min(_window, _options.MaxTokens) / 2));
        ChunkPacker packer = new(document, Fingerprint, _counter, _options, _window);
        HeadingPath path = packer.BeginSection(trail.Root, trail);
        List<TextUnit> units = [];
        foreach (TextBlock block in DocumentBlocks.Of(document))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (block.Kind == ElementKind.Heading)
            {
                path = packer.BeginSection(trail.Enter(block.Level, block.Core.Of(document.Text)), trail);
            }

            units.Clear();
            int budget = packer.Budget(path), overlap = packer.OverlapBudget(path);
            _splitter.Split(document.Text, block, budget, overlap > 0 ? overlap : budget, units, cancellationToken);
            packer.Add(units);
        }

        packer.Complete();
        return packer.Chunks;
    }
}
