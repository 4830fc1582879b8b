namespace Rag.Runtime.Reranking;

/// <summary>Scores passages for a question. Thread-safe.</summary>
internal interface IPairScorer : IDisposable
{
    /// <summary>Tokens of a pair, special tokens included, after which it is cut.</summary>
    int MaxTokens { get; }

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    string? DeviceNotice { get; }

    /// <summary>A score for each passage, in their order.</summary>
    float[] Score(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken);
}
