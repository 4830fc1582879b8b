namespace Rag.Documents;

/// <summary>Words that stand beside each other, without a gap as between columns.</summary>
internal sealed class PdfLine
{
    public PdfLine(List<PdfWord> words)
    {
        Left = words.Min(word => word.Left);
        Top = words.Min(word => word.Top);
        Right = words.Max(word => word.Right);
        Bottom = words.Max(word => word.Bottom);
        Size = words.Max(word => word.Bottom - word.Top);
        Text = PdfDirection.LineText(words, out bool rightToLeft);
        IsRightToLeft = rightToLeft;
    }

    public float Left { get; }

    public float Top { get; }

    public float Right { get; }

    public float Bottom { get; }

    /// <summary>Height of the largest word, which stands for the size of the letters.</summary>
    public float Size { get; }

    public string Text { get; }

    public bool IsRightToLeft { get; }

    public float Middle => (Top + Bottom) / 2;

    public float Width => Right - Left;

    /// <summary>Whether it runs up or down the page, as the edge of a figure or a stamp in a margin does.</summary>
    public bool IsUpright => Text.Length >= 4 && Bottom - Top > 3 * Width;
}
