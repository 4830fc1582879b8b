using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Spans;

/// <summary>What a <see cref="SpanExtractor"/> found.</summary>
public sealed record SpanExtraction
{
    /// <summary>The best spans, the best first; empty where the sources have none.</summary>
    public required IReadOnlyList<ExtractedSpan> Spans { get; init; }

    /// <summary>The log-probability of <see cref="SpanExtractionOptions.Refusal"/> as the whole answer; null where none was given.</summary>
    public double? RefusalLogProbability { get; init; }

    /// <summary>
    /// The prompt's tokens, how many of them were in the cache, and under "scored_tokens" of the additional counts how many tokens of spans and
    /// refusal were run.
    /// </summary>
    public required UsageDetails Usage { get; init; }
}
