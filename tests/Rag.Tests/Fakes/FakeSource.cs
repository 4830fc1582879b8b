using System.Runtime.CompilerServices;
using System.Text;
using Rag.Documents;

namespace Rag.Tests.Fakes;

/// <summary>Files in memory.</summary>
internal sealed class FakeSource : IDocumentSource
{
    public List<SourceItem> Items { get; } = [];

    public FakeSource With(string id, string content)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        Items.RemoveAll(item => item.Id == id);
        Items.Add(new SourceItem { Id = id, Length = bytes.Length, OpenAsync = _ => new(new MemoryStream(bytes)) });
        return this;
    }

    public FakeSource Without(string id)
    {
        Items.RemoveAll(item => item.Id == id);
        return this;
    }

    public async IAsyncEnumerable<SourceItem> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (SourceItem item in Items.ToList())
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }
}
