using Microsoft.Extensions.AI;

namespace Rag.Cli.Output;

/// <summary>Tokens read and written, as JSON.</summary>
internal sealed record UsageJson(long? InputTokens, long? OutputTokens, long? TotalTokens)
{
    public static UsageJson? From(UsageDetails? usage) =>
        usage is null ? null : new(usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount);
}
