using Rag.Documents;

namespace Rag.Index.Storage;

/// <summary>A document's elements and pages as one blob; offsets as distances, since both come in text order.</summary>
internal static class StructureCodec
{
    public static byte[] Encode(Document document, uint seed)
    {
        BlobWriter blob = new();
        blob.Number(document.Elements.Count);
        int last = 0;
        foreach (DocumentElement element in document.Elements)
        {
            last = Range(blob, element.Range, last);
            blob.Number((int)element.Kind);
            blob.Number(element.Level);
        }

        blob.Number(document.Pages.Count);
        last = 0;
        foreach (DocumentPage page in document.Pages)
        {
            last = Range(blob, page.Range, last);
            blob.Number(page.Number);
        }

        return blob.ToBlob(seed);
    }

    public static (IReadOnlyList<DocumentElement> Elements, IReadOnlyList<DocumentPage> Pages) Decode(byte[] blob, string location, uint seed)
    {
        BlobReader reader = new(blob, location, seed);
        List<DocumentElement> elements = [];
        List<DocumentPage> pages = [];
        int last = 0;
        for (int left = reader.Count(); left > 0; left--)
        {
            TextRange range = Range(ref reader, ref last);
            elements.Add(new((ElementKind)reader.Count(), range, reader.Count()));
        }

        last = 0;
        for (int left = reader.Count(); left > 0; left--)
        {
            TextRange range = Range(ref reader, ref last);
            pages.Add(new(reader.Count(), range));
        }

        return (elements, pages);
    }

    private static int Range(BlobWriter blob, TextRange range, int last)
    {
        blob.Number(range.Start - last);
        blob.Number(range.Length);
        return range.End;
    }

    private static TextRange Range(ref BlobReader reader, ref int last)
    {
        long start = last + reader.Number(), end = start + reader.Number();
        if (end is < 0 or > int.MaxValue)
        {
            throw reader.Damaged();
        }

        last = (int)end;
        return new((int)start, last);
    }
}
