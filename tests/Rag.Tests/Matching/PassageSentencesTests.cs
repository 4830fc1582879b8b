using Rag.Chunks;
using Rag.Documents;
using Rag.Matching;

namespace Rag.Tests.Matching;

public sealed class PassageSentencesTests
{
    private static List<(string Text, ElementKind Kind)> Of(Document document, int start = 0, int? end = null, params string[] headings)
    {
        TextRange range = new(start, end ?? document.Text.Length);
        Chunk chunk = new() { Id = "1", DocumentId = document.Id, Ordinal = 0, Range = range, Text = document.Text[range.Start..range.End], HeadingPath = headings };
        List<PassageSentence> pieces = PassageSentences.Of(chunk, document);
        Assert.All(pieces, piece => Assert.True(range.Contains(piece.Range) && !piece.Range.IsEmpty));
        Assert.All(pieces.Zip(pieces.Skip(1)), pair => Assert.True(pair.First.Range.End <= pair.Second.Range.Start));
        return [.. pieces.Select(piece => (document.Text[piece.Range.Start..piece.Range.End], piece.Kind))];
    }

    [Theory]
    [InlineData("Children travel free.", true)]
    [InlineData("Do children travel free?", true)]
    [InlineData("They travel free!  ", true)]
    [InlineData("“They travel free.”", true)]
    [InlineData("**They travel free.**", true)]
    [InlineData("They travel free (under six.)", true)]
    [InlineData("And so on…", true)]
    [InlineData("Children travel free", false)]
    [InlineData("Children: free;", false)]
    [InlineData("Children (free)", false)]
    public void A_lists_entry_that_ends_as_a_sentence_is_prose(string entry, bool prose)
    {
        (string text, ElementKind kind) = Assert.Single(Of(Fakes.Documents.Markdown("- " + entry)));
        Assert.Equal(entry.TrimEnd(), text);
        Assert.Equal(prose ? ElementKind.Paragraph : ElementKind.ListItem, kind);
        Assert.Equal(prose, new PassageSentence(default, kind).IsProse);
    }

    [Fact]
    public void An_entry_of_two_sentences_stays_whole() =>
        Assert.Equal([("One thing. Another thing.", ElementKind.Paragraph)], Of(Fakes.Documents.Markdown("- One thing. Another thing.")));

    [Fact]
    public void An_entry_longer_than_a_quote_is_cut_into_sentences()
    {
        string first = $"It {string.Join(' ', Enumerable.Repeat("goes on and", 40))} on. ";
        Assert.Equal([(first.Trim(), ElementKind.Paragraph), ("Then it ends.", ElementKind.Paragraph)], Of(Fakes.Documents.Markdown($"- {first}Then it ends.")));
        Assert.Equal([(first.Trim(), ElementKind.ListItem), ("Then not", ElementKind.ListItem)], Of(Fakes.Documents.Markdown($"- {first}Then not")));
    }

    [Fact]
    public void Rows_code_and_headings_are_no_prose_however_they_end() =>
        Assert.Equal(
            [("Who pays?", ElementKind.Heading), ("| Everyone pays. |", ElementKind.TableRow), ("pay();.", ElementKind.Code), ("All do.", ElementKind.Paragraph)],
            Of(Fakes.Documents.Markdown("# Who pays?\n| Everyone pays. |\n|---|\n    pay();.\nAll do.")));

    [Fact]
    public void Without_structure_headings_are_known_by_mark_and_path() =>
        Assert.Equal(
            [("# Guide", ElementKind.Heading), ("Setup", ElementKind.Heading), ("Plug it in.", ElementKind.Paragraph), ("Wait.", ElementKind.Paragraph)],
            Of(Fakes.Documents.Plain("# Guide\n\nSetup\n\nPlug it in. Wait."), headings: ["Guide", "Setup"]));

    [Fact]
    public void A_chunk_within_an_element_has_only_its_own_part()
    {
        const string Text = "One is here. Two is here. Three is here.\n- Entry one\n- Entry two";
        Assert.Equal(
            [("Two is here.", ElementKind.Paragraph), ("Three is here.", ElementKind.Paragraph), ("Entry", ElementKind.ListItem)],
            Of(Fakes.Documents.Markdown(Text), 13, Text.IndexOf(" one", StringComparison.Ordinal)));
    }
}
