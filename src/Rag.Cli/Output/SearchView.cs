using System.Globalization;
using Rag.Cli.Terminal;
using Rag.Retrieval;

namespace Rag.Cli.Output;

/// <summary>Shows search results to a person: where each stands, what each side of the search made of it, how it begins.</summary>
internal static class SearchView
{
    private const string TextIndent = "     ";
    private const int MaxExcerptCharacters = 300;

    public static void Show(Screen screen, IReadOnlyList<RetrievedChunk> found)
    {
        if (found.Count == 0)
        {
            screen.Out.Write("Nothing in the documents matches.\n");
        }

        for (int i = 0; i < found.Count; i++)
        {
            RetrievedChunk result = found[i];
            screen.Styled("bold", string.Create(CultureInfo.InvariantCulture, $"{i + 1,3}. "));
            screen.Styled("blue", SafeText.Line(result.Chunk.DocumentId));
            screen.Out.Write(Place(result));
            screen.Styled("grey", Scores(result));
            screen.Out.Write('\n');

            var text = new WrappingWriter(screen.Out, screen.Width, TextIndent);
            text.Write(Excerpt(SafeText.Line(result.Chunk.Text)));
            text.Flush(endLine: true);
        }

        screen.Out.Flush();
    }

    private static string Place(RetrievedChunk result)
    {
        string page = result.Chunk.Page is { } number ? string.Create(CultureInfo.InvariantCulture, $", page {number}") : "";
        string heading = result.Chunk.Heading is { Length: > 0 } path ? $" › {SafeText.Line(path)}" : "";
        return page + heading;
    }

    private static string Scores(RetrievedChunk result)
    {
        string bm25 = result.Bm25 is { } text ? string.Create(CultureInfo.InvariantCulture, $", BM25 {text:F2}") : "";
        string dense = result.Dense is { } vector ? string.Create(CultureInfo.InvariantCulture, $", dense {vector:F3}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"  ({result.Score:F3}{bm25}{dense})");
    }

    private static string Excerpt(string text)
    {
        if (text.Length <= MaxExcerptCharacters)
        {
            return text;
        }

        int end = text.LastIndexOf(' ', MaxExcerptCharacters);
        end = end < MaxExcerptCharacters / 2 ? MaxExcerptCharacters : end;
        return text[..(char.IsLowSurrogate(text[end]) ? end - 1 : end)] + " …";
    }
}
