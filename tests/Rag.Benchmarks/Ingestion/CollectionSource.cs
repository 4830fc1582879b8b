using System.Text;
using Rag.Documents;

namespace Rag.Benchmarks.Ingestion;

/// <summary>Texts by id as a source of plain text files.</summary>
internal sealed class CollectionSource(IReadOnlyList<(string Id, string Text)> texts) : IDocumentSource
{
    public async IAsyncEnumerable<SourceItem> EnumerateAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach ((string id, string text) in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            yield return new SourceItem { Id = id + ".txt", Length = bytes.Length, OpenAsync = _ => new(new MemoryStream(bytes)) };
        }
    }
}
