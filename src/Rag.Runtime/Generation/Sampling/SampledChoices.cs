using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>
/// Several answers to one request, given one after the other. Where prompts are kept, the others begin once the first has computed the prompt,
/// and all go on together. Each is a message of its own, with a seed of its own that replays it alone.
/// </summary>
internal static class SampledChoices
{
    /// <summary>The name that asks for them.</summary>
    public const string Property = "num_return_sequences";

    /// <summary>Streams the answers.</summary>
    /// <param name="run">Answers one request.</param>
    /// <param name="request">The request; the first answer has its seed, each further one the next number.</param>
    /// <param name="atOnce">How many answers may be under way at once.</param>
    /// <param name="cancellationToken">Ends all.</param>
    public static async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        Func<GenerationRequest, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> run, GenerationRequest request, int atOnce, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Queue<StartedAnswer> started = [];
        int next = 0;
        try
        {
            string? response = null;
            for (int i = 0; i < request.Choices; i++)
            {
                StartUpTo(i + 1);
                StartedAnswer answer = started.Peek();
                while (await answer.MoveNextAsync().ConfigureAwait(false))
                {
                    // The first piece says that the prompt is there for the others.
                    StartUpTo(i + atOnce);
                    ChatResponseUpdate update = answer.Current;
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

                await started.Dequeue().DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await source.CancelAsync().ConfigureAwait(false);
            while (started.TryDequeue(out StartedAnswer? answer))
            {
                await answer.DisposeAsync().ConfigureAwait(false);
            }
        }

        void StartUpTo(int count)
        {
            for (; next < Math.Min(count, request.Choices); next++)
            {
                started.Enqueue(new StartedAnswer(run(request with { Choices = 1, Seed = unchecked(request.Seed + next), IsAccepted = next > 0 }, source.Token)));
            }
        }
    }
}
