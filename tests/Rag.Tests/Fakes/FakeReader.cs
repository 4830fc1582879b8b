using System.Text;
using Rag.Documents;

namespace Rag.Tests.Fakes;

/// <summary>Reads UTF-8 text from ids that end in ".txt".</summary>
internal sealed class FakeReader : IDocumentReader
{
    public string Format => "text";

    public string Fingerprint { get; set; } = "1";

    public Func<string, Exception?>? Fault { get; set; }

    public int Reads { get; private set; }

    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head) => item.Id.EndsWith(".txt", StringComparison.Ordinal);

    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        Reads++;
        string text = Encoding.UTF8.GetString(content.Span);
        return Fault?.Invoke(text) is { } fault ? throw fault : new(new Document { Id = item.Id, Text = text, ContentHash = contentHash });
    }
}
