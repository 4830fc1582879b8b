namespace Rag.Documents;

/// <summary>Collects pages, then writes them: sizes and words of the whole document decide what is a heading and which hyphens stay.</summary>
internal sealed class PdfTextBuilder(PdfReaderOptions options, string location)
{
    private const float HeadingRatio = 1.18f;
    private const int MaxHeadingLength = 200;
    private const int MaxHeadingLevels = 4;
    private readonly List<List<PdfBlock>> _pages = [];
    private readonly PdfLineJoiner _joiner = new();
    private readonly SortedDictionary<int, long> _sizes = [];
    private int _blocks;
    private long _characters;

    public int PageCount => _pages.Count;

    public void AddPage(PdfPage page)
    {
        var blocks = new List<PdfBlock>();
        foreach (List<PdfLine> region in PdfColumns.Split(page.Lines))
        {
            blocks.AddRange(PdfParagraphs.Make(PdfRows.Make(region)));
        }

        _blocks += blocks.Count;
        if (_blocks > options.MaxElements)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxElements), options.MaxElements, _blocks, location);
        }

        foreach (PdfBlock block in blocks)
        {
            foreach (string line in block.Lines)
            {
                _characters += line.Length;
                _sizes[SizeKey(block)] = _sizes.GetValueOrDefault(SizeKey(block)) + line.Length;
                _joiner.Learn(line);
            }
        }

        if (_characters > options.MaxTextCharacters)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxTextCharacters), options.MaxTextCharacters, _characters, location);
        }

        _pages.Add(blocks);
    }

    public Document Build(SourceItem item, string contentHash, string? title, CancellationToken cancellationToken)
    {
        var builder = new DocumentBuilder(options, location);
        float body = BodySize();
        List<int> levels = HeadingSizes(body);
        for (int i = 0; i < _pages.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            builder.BeginPage(i + 1);
            foreach (PdfBlock block in _pages[i])
            {
                string text = _joiner.Join(block.Lines);
                if (IsHeading(block, body))
                {
                    builder.Add(ElementKind.Heading, Math.Min(MaxHeadingLevels, levels.IndexOf(SizeKey(block)) + 1), text);
                }
                else
                {
                    builder.Add(block.Kind, block.Kind == ElementKind.ListItem ? 1 : 0, text);
                }
            }
        }

        return builder.Build(item, contentHash, title);
    }

    // Sizes are told apart to half a point.
    private static int SizeKey(PdfBlock block) => (int)MathF.Round(Math.Clamp(block.Size, 0, 10_000) * 2);

    private static bool IsHeading(PdfBlock block, float body) =>
        block.Kind == ElementKind.Paragraph && block.Lines.Count <= 3 && block.Size >= HeadingRatio * body
        && block.Lines.Sum(line => line.Length) is > 2 and <= MaxHeadingLength && block.Lines.Exists(line => line.Any(char.IsLetter));

    /// <summary>The size that half of all characters are not larger than.</summary>
    private float BodySize()
    {
        long seen = 0;
        foreach ((int size, long characters) in _sizes)
        {
            seen += characters;
            if (seen * 2 >= _characters)
            {
                return size / 2f;
            }
        }

        return 0;
    }

    private List<int> HeadingSizes(float body) =>
        [.. _pages.SelectMany(page => page).Where(block => IsHeading(block, body)).Select(SizeKey).Distinct().OrderDescending()];
}
