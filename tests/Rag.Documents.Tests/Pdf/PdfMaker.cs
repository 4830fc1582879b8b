using System.Globalization;
using System.Text;

namespace Rag.Documents.Tests;

/// <summary>Makes small PDF files: each page a list of lines with their place and size.</summary>
internal static class PdfMaker
{
    public static byte[] Make(params (float X, float Y, float Size, string Text)[][] pages)
    {
        var pdf = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        void Object(string content)
        {
            offsets.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{offsets.Count} 0 obj\n{content}\nendobj\n");
        }

        Object("<</Type/Catalog/Pages 2 0 R>>");
        Object($"<</Type/Pages/Count {pages.Length}/Kids[{string.Join(' ', Enumerable.Range(0, pages.Length).Select(i => $"{4 + (2 * i)} 0 R"))}]>>");
        Object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        for (int i = 0; i < pages.Length; i++)
        {
            string text = string.Concat(pages[i].Select(line => string.Create(CultureInfo.InvariantCulture, $"BT /F {line.Size} Tf {line.X} {792 - line.Y} Td ({line.Text}) Tj ET\n")));
            Object($"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>/Contents {5 + (2 * i)} 0 R>>");
            Object($"<</Length {text.Length}>>stream\n{text}endstream");
        }

        int xref = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        offsets.ForEach(offset => pdf.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n"));
        pdf.Append(CultureInfo.InvariantCulture, $"trailer<</Size {offsets.Count + 1}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF");
        return Encoding.Latin1.GetBytes(pdf.ToString());
    }

    /// <summary>Lines below each other.</summary>
    public static IEnumerable<(float X, float Y, float Size, string Text)> Column(float x, float y, params string[] lines) =>
        lines.Select((line, i) => (x, y + (14 * i), 11f, line));
}
