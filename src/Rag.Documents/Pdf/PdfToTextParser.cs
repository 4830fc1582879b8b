using System.Globalization;
using System.Net;
using System.Text;

namespace Rag.Documents;

/// <summary>
/// Reads what <c>pdftotext -bbox-layout</c> writes: one tag a line. It is read line by line and not as XML, because the program
/// writes a document type and lets control characters through.
/// </summary>
internal sealed class PdfToTextParser(PdfReaderOptions options, string location, Action<PdfPage> page)
{
    private readonly ByteBudget _output = new(nameof(PdfReaderOptions.MaxProgramOutputBytes), options.MaxProgramOutputBytes, location);
    private readonly List<PdfWord> _words = [];
    private PdfPage? _page;
    private int _pageWords;

    public int PageCount { get; private set; }

    public string? Title { get; private set; }

    public async Task ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(output, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024);
        var buffer = new char[32 * 1024];
        var line = new StringBuilder();
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            _output.Take(count);
            int start = 0;
            for (int end; (end = Array.IndexOf(buffer, '\n', start, count - start)) >= 0; start = end + 1)
            {
                line.Append(buffer, start, end - start);
                Line(line.ToString().AsSpan().Trim());
                line.Clear();
            }

            line.Append(buffer, start, count - start);
        }
    }

    private void Line(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("<word "))
        {
            Word(line);
        }
        else if (line.StartsWith("</line>"))
        {
            if (_words.Count > 0)
            {
                _page?.Lines.Add(new PdfLine(_words));
                _words.Clear();
            }
        }
        else if (line.StartsWith("<page "))
        {
            _page = new PdfPage();
            _pageWords = 0;
        }
        else if (line.StartsWith("</page>") && _page is not null)
        {
            PageCount++;
            page(_page);
            _page = null;
        }
        else if (line.StartsWith("<title>") && _page is null && line.IndexOf("</title>") is > 0 and int end)
        {
            Title = WebUtility.HtmlDecode(line["<title>".Length..end].ToString());
        }
    }

    private void Word(ReadOnlySpan<char> line)
    {
        int open = line.IndexOf('>');
        int close = line.LastIndexOf("</word>");
        if (open < 0 || _page is null)
        {
            return;
        }

        if (++_pageWords > options.MaxWordsPerPage)
        {
            throw new LimitExceededException(nameof(PdfReaderOptions.MaxWordsPerPage), options.MaxWordsPerPage, _pageWords, location);
        }

        string text = TextCleaner.Clean(WebUtility.HtmlDecode((close > open ? line[(open + 1)..close] : line[(open + 1)..]).ToString()));
        if (text.Length > 0)
        {
            ReadOnlySpan<char> tag = line[..open];
            _words.Add(new PdfWord(text, Number(tag, "xMin=\""), Number(tag, "yMin=\""), Number(tag, "xMax=\""), Number(tag, "yMax=\"")));
        }
    }

    private static float Number(ReadOnlySpan<char> tag, ReadOnlySpan<char> name)
    {
        int at = tag.IndexOf(name);
        ReadOnlySpan<char> value = at < 0 ? default : tag[(at + name.Length)..];
        int quote = value.IndexOf('"');
        return quote > 0 && float.TryParse(value[..quote], NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) ? number : 0;
    }
}
