using Rag.Index;

namespace Rag.Ingestion;

/// <summary>What one run has done so far: the counts, the failures, the documents that wait for vectors.</summary>
/// <param name="before">What was stored before the run, what was dropped then too.</param>
/// <param name="stamps">What is stored as it begins.</param>
/// <param name="total">How many items there are.</param>
/// <param name="progress">Told after each.</param>
internal sealed class IngestionRun(IReadOnlyDictionary<string, DocumentStamp> before, IReadOnlyDictionary<string, DocumentStamp> stamps, int total, IProgress<IngestionProgress>? progress)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<IngestionFailure> _failures = [];
    private readonly List<PendingDocument> _pending = [];
    private int _added;
    private int _updated;
    private int _unchanged;

    /// <summary>Documents read and cut that wait for a full embedding call.</summary>
    public IReadOnlyList<PendingDocument> Pending => _pending;

    /// <summary>Chunks of the waiting documents; one without any counts as one, so that they too come to an end.</summary>
    public int PendingChunks { get; private set; }

    /// <summary>Characters of the waiting documents.</summary>
    public long PendingCharacters { get; private set; }

    /// <summary>Documents taken out of the index.</summary>
    public int Removed { get; set; }

    /// <summary>Chunks embedded.</summary>
    public int Embedded { get; set; }

    /// <summary>Lets a document wait.</summary>
    public void Enqueue(PendingDocument document)
    {
        _pending.Add(document);
        PendingChunks += Math.Max(1, document.Chunks.Count);
        PendingCharacters += document.Document.Text.Length;
    }

    /// <summary>Counts the waiting documents that were stored, and lets go of all.</summary>
    public void StorePending(IReadOnlyList<PendingDocument> stored)
    {
        foreach (PendingDocument document in stored)
        {
            Store(document);
        }

        _pending.Clear();
        PendingChunks = 0;
        PendingCharacters = 0;
    }

    /// <summary>Whether this id comes for the first time.</summary>
    public bool TryBegin(string documentId) => _seen.Add(documentId);

    /// <summary>Who might read the document when the run began.</summary>
    public IReadOnlyList<string> AccessOf(string documentId) => before.TryGetValue(documentId, out DocumentStamp? stamp) ? stamp.Access : [];

    /// <summary>Whether the index had the document when the run began.</summary>
    public bool Knows(string documentId) => stamps.ContainsKey(documentId);

    /// <summary>Whether the index has the document as it would be read and cut now.</summary>
    public bool IsUpToDate(string documentId, string contentHash, string fingerprint) =>
        stamps.TryGetValue(documentId, out DocumentStamp? stamp) && stamp.ContentHash == contentHash && stamp.Fingerprint == fingerprint;

    /// <summary>Whether the index has the document's content as it would be read and cut now, whatever is said of it beside.</summary>
    public bool HasContent(string documentId, string contentHash, string fingerprint) =>
        stamps.TryGetValue(documentId, out DocumentStamp? stamp) && stamp.ContentHash == contentHash && AttributesHash.Without(stamp.Fingerprint) == fingerprint;

    /// <summary>Counts a document whose attributes alone had changed.</summary>
    public void Update(string documentId)
    {
        _updated++;
        Report(documentId);
    }

    /// <summary>Counts a document that needed nothing.</summary>
    public void Keep(string documentId)
    {
        _unchanged++;
        Report(documentId);
    }

    private void Store(PendingDocument document)
    {
        if (document.Known)
        {
            _updated++;
        }
        else
        {
            _added++;
        }

        Report(document.Document.Id);
    }

    /// <summary>Counts a document that failed.</summary>
    public void Fail(string documentId, Exception exception)
    {
        _failures.Add(FailureMapper.Map(documentId, exception));
        Report(documentId);
    }

    /// <summary>Ids that the index has and the source no longer offers, in order.</summary>
    public IEnumerable<string> Vanished() => stamps.Keys.Where(id => !_seen.Contains(id)).Order(StringComparer.Ordinal);

    /// <summary>The counts as a result.</summary>
    public IngestionResult ToResult(int chunks, bool replaced, TimeSpan elapsed) => new()
    {
        Added = _added,
        Updated = _updated,
        Unchanged = _unchanged,
        Removed = Removed,
        Failed = _failures,
        Chunks = chunks,
        Embedded = Embedded,
        Replaced = replaced,
        Elapsed = elapsed,
    };

    private void Report(string documentId) =>
        progress?.Report(new IngestionProgress(_added + _updated + _unchanged + _failures.Count, total, documentId, Embedded));
}
