using System.Globalization;
using Rag.Answering;
using Rag.Cli.Terminal;

namespace Rag.Cli.Output;

/// <summary>Shows an answer to a person: the text as it comes, wrapped, then the sources it cites with their quotes.</summary>
internal sealed class AnswerView(Screen screen)
{
    private const string QuoteIndent = "      ";
    private const int MaxQuoteCharacters = 400;
    private readonly WrappingWriter _text = new(screen.Out, screen.Width);

    /// <summary>The next piece of text.</summary>
    public void Add(string text)
    {
        _text.Write(SafeText.Lines(text));
        if (screen.OutIsTerminal)
        {
            screen.Out.Flush();
        }
    }

    /// <summary>Ends the text, where the answer was cut short.</summary>
    public void Break() => _text.Flush(endLine: true);

    /// <summary>Ends the text and shows what it rests on.</summary>
    public void End(Answer answer)
    {
        Break();
        if (answer.Note is { } note)
        {
            screen.Note(note);
        }

        if (answer.Refused || answer.Citations.Count == 0)
        {
            return;
        }

        screen.Out.Write('\n');
        screen.Styled("bold", "Sources");
        screen.Out.Write('\n');
        Citation? previous = null;
        foreach (Citation citation in answer.Citations)
        {
            if (citation.Source != previous?.Source || citation.Page != previous.Page)
            {
                ShowPlace(citation);
            }

            ShowQuote(citation);
            previous = citation;
        }

        screen.Out.Flush();
    }

    private void ShowPlace(Citation citation)
    {
        string page = citation.Page is { } number ? string.Create(CultureInfo.InvariantCulture, $", page {number}") : "";
        screen.Styled("bold", string.Create(CultureInfo.InvariantCulture, $" [{citation.Source}] "));
        screen.Styled("blue", SafeText.Line(citation.DocumentId));
        screen.Out.Write(page + "\n");
    }

    private void ShowQuote(Citation citation)
    {
        var quote = new WrappingWriter(screen.Out, screen.Width, QuoteIndent);
        quote.Write($"“{Shortened(SafeText.Line(citation.Quote))}”");
        quote.Flush(endLine: true);
    }

    private static string Shortened(string quote)
    {
        if (quote.Length <= MaxQuoteCharacters)
        {
            return quote;
        }

        int end = MaxQuoteCharacters;
        return quote[..(char.IsLowSurrogate(quote[end]) ? end - 1 : end)] + " …";
    }
}
