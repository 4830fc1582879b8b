using System.Runtime.CompilerServices;
using System.Text;
using Rag.Documents;

namespace Rag.Hosting.Composition;

/// <summary>A source that leaves out one folder of another source.</summary>
/// <param name="source">The other source; its ids are relative paths with forward slashes.</param>
/// <param name="folder">The relative path of the folder; null leaves nothing out.</param>
internal sealed class SourceWithoutFolder(IDocumentSource source, string? folder) : IDocumentSource
{
    private readonly string? _prefix = folder is null ? null : folder.Normalize(NormalizationForm.FormC).TrimEnd('/') + "/";

    public async IAsyncEnumerable<SourceItem> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (SourceItem item in source.EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_prefix is null || !item.Id.StartsWith(_prefix, StringComparison.Ordinal))
            {
                yield return item;
            }
        }
    }
}
