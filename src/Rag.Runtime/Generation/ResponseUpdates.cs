using Microsoft.Extensions.AI;
using Rag.Runtime.Generation.Scheduling;

namespace Rag.Runtime.Generation;

/// <summary>Makes the updates of one response.</summary>
/// <param name="id">Of the response and its message.</param>
/// <param name="model">The model's name.</param>
/// <param name="created">When it was begun.</param>
internal sealed class ResponseUpdates(string id, string? model, DateTimeOffset created)
{
    private bool _calls;

    /// <summary>An update with contents.</summary>
    public ChatResponseUpdate Of(IList<AIContent> contents)
    {
        _calls |= contents.OfType<FunctionCallContent>().Any();
        return new ChatResponseUpdate(ChatRole.Assistant, contents)
        {
            ResponseId = id,
            MessageId = id,
            ModelId = model,
            CreatedAt = created,
        };
    }

    /// <summary>The last update: usage, why it ended, and the seed of what was drawn.</summary>
    public ChatResponseUpdate Last(GenerationRequest request, GenerationRun run)
    {
        ChatResponseUpdate update = Of([new UsageContent(new UsageDetails
        {
            InputTokenCount = request.Prompt.Length,
            CachedInputTokenCount = run.ReusedTokens,
            OutputTokenCount = run.GeneratedTokens,
            TotalTokenCount = request.Prompt.Length + run.GeneratedTokens,
            AdditionalCounts = run.Guesses.Drafted > 0
                ? new AdditionalPropertiesDictionary<long> { ["DraftedTokenCount"] = run.Guesses.Drafted, ["AcceptedDraftTokenCount"] = run.Guesses.Accepted }
                : null,
        })]);
        update.FinishReason = run.Reason != GenerationEnd.Stop ? ChatFinishReason.Length : _calls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
        if (request.Sampling.Temperature > 0)
        {
            update.AdditionalProperties = new AdditionalPropertiesDictionary { ["seed"] = request.Seed };
        }

        return update;
    }
}
