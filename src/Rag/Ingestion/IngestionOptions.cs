using Rag.Documents;
using Rag.Index;

namespace Rag.Ingestion;

/// <summary>Limits and choices of ingestion. Not to be changed while a pipeline uses it.</summary>
public sealed class IngestionOptions
{
    /// <summary>Largest file that is read, in bytes; a larger one is a failure of its own.</summary>
    /// <value>The default value is 64 MiB.</value>
    public long MaxFileBytes { get; set; } = 64L << 20;

    /// <summary>Chunks that one embedding call gets at most; small documents are put together up to it.</summary>
    /// <value>The default value is 256.</value>
    public int EmbeddingBatchSize { get; set; } = 256;

    /// <summary>
    /// Characters of text that wait in memory for a full embedding call at most; a document longer than that is embedded at once.
    /// </summary>
    /// <value>The default value is 4 Mi.</value>
    public int MaxPendingCharacters { get; set; } = 4 << 20;

    /// <summary>
    /// Whether an index that was built with another embedder, chunker or analyzer is emptied and built anew instead of refused.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool ReplaceIncompatible { get; set; }

    /// <summary>How text becomes terms, for the index's manifest. A store that analyses by itself fills in its own.</summary>
    /// <value>The default value is empty: the store's own.</value>
    public string AnalyzerFingerprint { get; set; } = "";

    /// <summary>
    /// Says of an item what its metadata and access are, in the place of <see cref="SourceItem.Attributes"/>; null from it, or no
    /// function, for those. Called once an item, on the thread that ingests. Metadata that the content itself states, such as the
    /// front matter of Markdown, stand behind these. Where neither says anything, stored access stays.
    /// </summary>
    /// <value>The default value is null.</value>
    public Func<SourceItem, DocumentAttributes?>? Attributes { get; set; }

    /// <summary>Whether the index is protected (<see cref="IndexManifest.IsProtected"/>); one that is stays so.</summary>
    /// <value>The default value is false.</value>
    public bool Protect { get; set; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxFileBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFileBytes, Array.MaxLength - 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(EmbeddingBatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingCharacters, 1);
        ArgumentNullException.ThrowIfNull(AnalyzerFingerprint);
    }
}
