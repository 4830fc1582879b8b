using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>
/// Several answers to one request, one after the other so that all but the first find the prompt in the cache. Each is a message
/// of its own, with a seed of its own that replays it alone.
/// </summary>
internal static class SampledChoices
{
    /// <summary>The name that asks for them.</summary>
    public const string Property = "num_return_sequences";

    /// <summary>Streams the answers.</summary>
    /// <param name="client">Answers each.</param>
    /// <param name="messages">What all of them answer.</param>
    /// <param name="options">Of the request.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of the first; each further one has the next number.</param>
    /// <param name="cancellationToken">Ends the one that runs.</param>
    public static async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IChatClient client, IReadOnlyList<ChatMessage> messages, ChatOptions options, int count, long seed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? response = null;
        for (int i = 0; i < count; i++)
        {
            ChatOptions choice = options.Clone();
            choice.Seed = unchecked(seed + i);
            choice.AdditionalProperties = new AdditionalPropertiesDictionary(options.AdditionalProperties!) { [Property] = 1 };
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, choice, cancellationToken).ConfigureAwait(false))
            {
                update.ResponseId = response ??= update.ResponseId;

                // The prompt is counted once, as it was asked once.
                foreach (UsageContent usage in i == 0 ? [] : update.Contents.OfType<UsageContent>())
                {
                    usage.Details.InputTokenCount = 0;
                    usage.Details.CachedInputTokenCount = 0;
                    usage.Details.TotalTokenCount = usage.Details.OutputTokenCount;
                }

                yield return update;
            }
        }
    }
}
