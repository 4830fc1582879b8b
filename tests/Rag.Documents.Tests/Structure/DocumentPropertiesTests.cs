using FsCheck;
using FsCheck.Fluent;

namespace Rag.Documents.Tests;

public sealed class DocumentPropertiesTests
{
    private static readonly string[] Pieces =
    [
        "# ", "- ", "1. ", "|", "|-|-|\n", "\n", "\n\n", "```", "> ", "text ", "한글 ", "😀", "\ud800", "\r\n", "\t", "    ", "---", "===", "<!--", "-->", "\"", ",", ";", "<p>", "<li>", "<table>", "<tr>",
        "<td rowspan=3>", "<th colspan=2>", "</table>", "<ul>", "</ul>", "<div hidden>", "</div>", "<h2>", "</h2>", "<pre>", "&amp;", "&#x0;", "&#55296;", "<br>", "</p>", "<title>", "</title>", "{", "}", "[", "]", ":",
    ];

    private static readonly Gen<string> Texts = Gen.Elements(Pieces).ArrayOf().Select(string.Concat);

    private static void Holds(string id) => Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        try
        {
            // Lone surrogates cannot stand in bytes; what can is written.
            Reading.ReadAsync(id, text).GetAwaiter().GetResult();
        }
        catch (RagException)
        {
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500).WithEndSize(80));

    [Fact]
    public void Elements_of_Markdown_are_in_order_and_inside_the_text() => Holds("a.md");

    [Fact]
    public void Elements_of_HTML_are_in_order_and_inside_the_text() => Holds("a.html");

    [Fact]
    public void Elements_of_CSV_are_in_order_and_inside_the_text() => Holds("a.csv");

    [Fact]
    public void Elements_of_JSON_are_in_order_and_inside_the_text() => Holds("a.json");

    [Fact]
    public void Reading_Markdown_and_text_never_changes_the_text() => Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        string sound = TextCleaner.ReplaceLoneSurrogates(text);
        foreach (string id in new[] { "a.md", "a.txt" })
        {
            if (Reading.ReadAsync(id, sound).GetAwaiter().GetResult().Text != sound)
            {
                return false;
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(80));
}
