namespace Rag.Documents.Tests;

/// <summary>Makes small Word documents by hand.</summary>
internal static class DocxMaker
{
    public const string W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    private const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    public static ZipMaker Parts(string body, string? styles = null, string? numbering = null, string? footnotes = null, string w = W)
    {
        ZipMaker zip = new ZipMaker()
            .Add("_rels/.rels", $"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' Type='{Relationships}/officeDocument' Target='word/document.xml'/></Relationships>")
            .Add("word/document.xml", $"<w:document xmlns:w='{w}' xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' xmlns:wps='urn:wps' xmlns:v='urn:v'><w:body>{body}</w:body></w:document>")
            .Add("word/_rels/document.xml.rels", $"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{Relation("styles", styles)}{Relation("numbering", numbering)}{Relation("footnotes", footnotes)}</Relationships>");
        foreach ((string name, string? content) in new[] { ("styles", styles), ("numbering", numbering), ("footnotes", footnotes) })
        {
            if (content is not null)
            {
                zip.Add($"word/{name}.xml", $"<w:{name} xmlns:w='{w}'>{content}</w:{name}>");
            }
        }

        return zip;
    }

    public static byte[] Make(string body, string? styles = null, string? numbering = null, string? footnotes = null, string w = W) =>
        Parts(body, styles, numbering, footnotes, w).ToArray();

    public static string Paragraph(string text, string properties = "") => $"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>";

    private static string Relation(string type, string? content) =>
        content is null ? "" : $"<Relationship Id='{type}' Type='{Relationships}/{type}' Target='{type}.xml'/>";
}
