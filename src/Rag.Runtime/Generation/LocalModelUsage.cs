namespace Rag.Runtime.Generation;

/// <summary>What a local model does and has done; <see cref="LocalChatClient"/>'s <c>GetService</c> gives it as it is at that time.</summary>
public sealed record LocalModelUsage
{
    /// <summary>Requests that are being answered.</summary>
    public required int RunningRequests { get; init; }

    /// <summary>See <see cref="LocalModelOptions.MaxConcurrentRequests"/>.</summary>
    public required int MaxConcurrentRequests { get; init; }

    /// <summary>Requests that wait for their turn.</summary>
    public required int QueuedRequests { get; init; }

    /// <summary>See <see cref="LocalModelOptions.MaxQueuedRequests"/>.</summary>
    public required int MaxQueuedRequests { get; init; }

    /// <summary>KV caches that are open, those of free sessions among them.</summary>
    public required int Sessions { get; init; }

    /// <summary>Answers whose tokens are computed in shared steps; 0 where each runs alone.</summary>
    public required int SharedSequences { get; init; }

    /// <summary>Memory of the shared steps' keys and values, a part of <see cref="KeyValueBytes"/>.</summary>
    public required long SharedBytes { get; init; }

    /// <summary>Memory set aside for keys and values: what running requests may need at most, and what free sessions hold.</summary>
    public required long KeyValueBytes { get; init; }

    /// <summary>See <see cref="LocalModelOptions.KeyValueCacheBytes"/>.</summary>
    public required long KeyValueBudgetBytes { get; init; }

    /// <summary>Tokens of prompts that were computed.</summary>
    public required long PrefillTokens { get; init; }

    /// <summary>Tokens of answers that were computed.</summary>
    public required long DecodedTokens { get; init; }

    /// <summary>Steps in which that was done: <see cref="DecodedTokens"/> by this is how many answers shared a step.</summary>
    public required long DecodeSteps { get; init; }

    /// <summary>Requests that found too many others waiting.</summary>
    public required long RefusedRequests { get; init; }

    /// <summary>Requests that passed their deadline.</summary>
    public required long ExpiredRequests { get; init; }
}
