using static Rag.Documents.Tests.DocxMaker;

namespace Rag.Documents.Tests;

public sealed class DocxReaderTests
{
    private static async Task<string[]> LinesAsync(byte[] docx) => Reading.Lines(await Reading.ReadAsync("a.docx", docx));

    [Fact]
    public async Task Headings_are_known_by_name_by_outline_level_and_by_the_style_that_theirs_is_based_on()
    {
        const string Styles = """
            <w:style w:type='paragraph' w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style>
            <w:style w:type='paragraph' w:styleId='Mine'><w:name w:val='My own'/><w:basedOn w:val='berschrift1'/></w:style>
            <w:style w:type='paragraph' w:styleId='Out'><w:name w:val='x'/><w:pPr><w:outlineLvl w:val='2'/></w:pPr></w:style>
            <w:style w:type='paragraph' w:styleId='Ko'><w:name w:val='제목 2'/></w:style>
            <w:style w:type='paragraph' w:styleId='Loop'><w:name w:val='loop'/><w:basedOn w:val='Loop'/></w:style>
            """;
        byte[] docx = Make(
            Paragraph("One", "<w:pStyle w:val='berschrift1'/>") + Paragraph("Two", "<w:pStyle w:val='Mine'/>") + Paragraph("Three", "<w:pStyle w:val='Out'/>")
            + Paragraph("Four", "<w:pStyle w:val='Ko'/>") + Paragraph("Five", "<w:outlineLvl w:val='3'/>") + Paragraph("Six", "<w:pStyle w:val='Loop'/>"),
            Styles);

        Assert.Equal(["Heading 1: One", "Heading 1: Two", "Heading 3: Three", "Heading 2: Four", "Heading 4: Five", "Paragraph: Six"], await LinesAsync(docx));
    }

    [Fact]
    public async Task Tracked_deletions_and_hidden_runs_are_dropped_and_insertions_kept()
    {
        byte[] docx = Make("""
            <w:p><w:r><w:t xml:space='preserve'>The price is </w:t></w:r><w:del><w:r><w:delText>ten</w:delText><w:t>ten</w:t></w:r></w:del>
            <w:ins><w:r><w:t>twelve</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>SECRET</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>.</w:t></w:r>
            <w:r><w:instrText>PAGE</w:instrText></w:r><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom></w:p>
            """);

        Assert.Equal(["Paragraph: The price is twelve."], await LinesAsync(docx));
    }

    [Fact]
    public async Task A_text_box_is_read_once_though_it_stands_in_the_file_twice()
    {
        const string Box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>";
        byte[] docx = Make($"<w:p><w:r><w:t>before</w:t><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{Box}</wps:txbx></mc:Choice><mc:Fallback><v:textbox>{Box}</v:textbox></mc:Fallback></mc:AlternateContent><w:t> after</w:t></w:r></w:p>");

        Assert.Equal(["Paragraph: before after", "Paragraph: boxed"], await LinesAsync(docx));
    }

    [Fact]
    public async Task A_fallback_is_read_where_it_stands_alone()
    {
        byte[] docx = Make("<w:p><w:r><mc:AlternateContent><mc:Fallback><w:t>only</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>");

        Assert.Equal(["Paragraph: only"], await LinesAsync(docx));
    }

    [Fact]
    public async Task A_table_row_carries_the_names_of_its_columns()
    {
        static string Row(string properties, params string[] cells) =>
            $"<w:tr>{properties}{string.Concat(cells.Select(cell => $"<w:tc><w:tcPr/>{Paragraph(cell)}</w:tc>"))}</w:tr>";
        byte[] docx = Make("<w:tbl>" + Row("<w:trPr><w:tblHeader/></w:trPr>", "Name", "Price") + Row("", "Widget", "9.50") + Row("", "Bolt", "") + "</w:tbl>" + Paragraph("End"));

        Assert.Equal(["TableRow: Name | Price", "TableRow: Name: Widget; Price: 9.50", "TableRow: Name: Bolt", "Paragraph: End"], await LinesAsync(docx));
    }

    [Fact]
    public async Task Vertically_merged_cells_stand_in_every_row_that_they_cover()
    {
        static string Cell(string text, string properties = "") => $"<w:tc><w:tcPr>{properties}</w:tcPr>{Paragraph(text)}</w:tc>";
        byte[] docx = Make(
            "<w:tbl><w:tr>" + Cell("Year") + Cell("Month") + Cell("Sum") + "</w:tr><w:tr>" + Cell("2025", "<w:vMerge w:val='restart'/>") + Cell("May") + Cell("1") + "</w:tr><w:tr>"
            + Cell("", "<w:vMerge/>") + Cell("June") + Cell("2") + "</w:tr></w:tbl>");

        Assert.Equal("TableRow: Year: 2025; Month: June; Sum: 2", (await LinesAsync(docx))[2]);
    }

    [Fact]
    public async Task List_items_have_their_numbers_and_levels()
    {
        const string Numbering = """
            <w:abstractNum w:abstractNumId='7'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/></w:lvl><w:lvl w:ilvl='1'><w:numFmt w:val='bullet'/></w:lvl></w:abstractNum>
            <w:num w:numId='3'><w:abstractNumId w:val='7'/></w:num>
            """;
        static string Item(string text, int level) => Paragraph(text, $"<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='3'/></w:numPr>");
        byte[] docx = Make(Item("one", 0) + Item("inner", 1) + Item("two", 0), numbering: Numbering);

        Assert.Equal(["ListItem 1: 1. one", "ListItem 2: - inner", "ListItem 1: 2. two"], await LinesAsync(docx));
    }

    [Fact]
    public async Task Footnotes_follow_the_body_and_separators_do_not()
    {
        byte[] docx = Make(Paragraph("Body"), footnotes: $"<w:footnote w:type='separator' w:id='0'>{Paragraph("---")}</w:footnote><w:footnote w:id='2'>{Paragraph("A note.")}</w:footnote>");

        Assert.Equal(["Paragraph: Body", "Paragraph: A note."], await LinesAsync(docx));
    }

    [Fact]
    public async Task The_strict_form_is_read_too()
    {
        byte[] docx = Make(Paragraph("Strictly"), w: "http://purl.oclc.org/ooxml/wordprocessingml/main");

        Assert.Equal(["Paragraph: Strictly"], await LinesAsync(docx));
    }

    [Fact]
    public async Task The_bytes_decide_not_the_name()
    {
        Document document = await Reading.ReadAsync("notes.txt", Make(Paragraph("Inside a zip")));

        Assert.Equal("Inside a zip", document.Text);
    }

    [Fact]
    public async Task A_workbook_named_docx_is_named_as_what_it_is()
    {
        byte[] zip = new ZipMaker()
            .Add("_rels/.rels", "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>")
            .Add("xl/workbook.xml", "<workbook/>").ToArray();

        UnsupportedException error = await Assert.ThrowsAsync<UnsupportedException>(() => Reading.ReadAsync("a.docx", zip));
        Assert.Contains("Excel", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_document_is_unsupported()
    {
        byte[] compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]];

        UnsupportedException error = await Assert.ThrowsAsync<UnsupportedException>(() => Reading.ReadAsync("a.docx", compound));
        Assert.Contains("encrypted", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    public async Task What_is_no_archive_is_corrupt(string content)
    {
        await Assert.ThrowsAsync<CorruptException>(() => Reading.ReadAsync("a.docx", content));
    }
}
