using Rag.Documents;

namespace Rag.Tests.Fakes;

/// <summary>Documents made of a few lines, with the structure that a Markdown reader would see.</summary>
internal static class Documents
{
    public static Document Plain(string text, string id = "doc.txt") => new() { Id = id, Text = text, ContentHash = "00" };

    /// <summary>Blank lines part blocks; "#" begins a heading, "- " an item, "|" a row, four spaces code.</summary>
    public static Document Markdown(string text, string id = "doc.md", string? title = null)
    {
        List<DocumentElement> elements = [];
        int start = 0;
        foreach (string line in text.Split('\n'))
        {
            int end = start + line.Length;
            int marks = line.TakeWhile(c => c == '#').Count();
            if (marks > 0)
            {
                elements.Add(new DocumentElement(ElementKind.Heading, new TextRange(Math.Min(end, start + marks + 1), end), marks));
            }
            else if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                elements.Add(new DocumentElement(ElementKind.ListItem, new TextRange(start + 2, end), 1));
            }
            else if (line.StartsWith('|'))
            {
                elements.Add(new DocumentElement(ElementKind.TableRow, new TextRange(start, end)));
            }
            else if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                elements.Add(new DocumentElement(ElementKind.Code, new TextRange(start, end)));
            }
            else if (line.Trim().Length > 0)
            {
                elements.Add(new DocumentElement(ElementKind.Paragraph, new TextRange(start, end)));
            }

            start = end + 1;
        }

        return new Document { Id = id, Text = text, ContentHash = "00", Elements = elements, Title = title };
    }
}
