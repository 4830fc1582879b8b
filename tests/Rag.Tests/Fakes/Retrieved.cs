using Rag.Chunks;
using Rag.Documents;
using Rag.Index;
using Rag.Retrieval;

namespace Rag.Tests.Fakes;

/// <summary>Chunks as retrieval would give them, and an index that has their documents.</summary>
internal static class Retrieved
{
    public static RetrievedChunk Chunk(string text, string document = "a.md", double score = 1, float? dense = null, params string[] headings) =>
        new(new Chunk { Id = document + text.Length, DocumentId = document, Ordinal = 0, Range = new TextRange(0, text.Length), Text = text, HeadingPath = headings }, score, null, dense);

    public static Task<FakeIndex> IndexOf(params RetrievedChunk[] chunks) => IndexOf(Fakes.Documents.Plain, chunks);

    /// <summary>The documents with the structure that a Markdown reader would see.</summary>
    public static Task<FakeIndex> MarkdownIndexOf(params RetrievedChunk[] chunks) => IndexOf((text, id) => Fakes.Documents.Markdown(text, id), chunks);

    private static async Task<FakeIndex> IndexOf(Func<string, string, Document> read, RetrievedChunk[] chunks)
    {
        FakeIndex index = new();
        foreach (RetrievedChunk chunk in chunks)
        {
            await index.UpsertAsync(new IndexedDocument(read(chunk.Chunk.Text, chunk.Chunk.DocumentId), "", [chunk.Chunk], null));
        }

        return index;
    }
}
