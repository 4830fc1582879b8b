using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Citations;
using Rag.Index;
using Rag.Prompting;
using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>
/// Lets a chat model write the answer: compose the prompt to its budget → stream → take out what no source bears → turn the
/// references into citations whose quotes stand in the index word for word.
/// </summary>
/// <remarks>
/// The model's words are untrusted. Addresses that no shown source contains, images and active HTML never get out, not even in
/// the stream. References to sources that do not exist are removed; a reference whose source bears nothing out stays in the text
/// and has no citation. With <see cref="ChatAnswerOptions.Quotes"/> the quotes are citations too. An empty answer and the exact refusal sentence are refusals. Where nothing was retrieved, or no source
/// fits the prompt, the model is not asked. Safe for concurrent use if the client is.
/// </remarks>
public sealed class ChatAnswerGenerator : IAnswerGenerator
{
    private readonly IChatClient _client;
    private readonly IChunkIndex _index;
    private readonly ChatAnswerOptions _options;
    private readonly PromptComposer _composer;
    private readonly TimeProvider _time;

    /// <summary>Creates the generator.</summary>
    /// <param name="client">The model; its <see cref="ITokenCounter"/> service counts the prompt. Not disposed.</param>
    /// <param name="index">Where quotes are verified.</param>
    /// <param name="options">Budget, sampling, limits; the defaults where null.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ChatAnswerGenerator(IChatClient client, IChunkIndex index, ChatAnswerOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(index);
        _options = options ?? new ChatAnswerOptions();
        _options.Validate();
        _client = client;
        _index = index;
        _composer = new PromptComposer(client.GetService(typeof(ITokenCounter)) as ITokenCounter, _options.Prompt);
        _time = timeProvider ?? TimeProvider.System;
        Name = (client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata)?.DefaultModelId ?? client.GetType().Name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <exception cref="LimitExceededException">The question does not fit the model's window.</exception>
    /// <exception cref="UnavailableException">The model did not finish within <see cref="ChatAnswerOptions.Timeout"/>.</exception>
    public async IAsyncEnumerable<AnswerPart> GenerateAsync(
        Question question, IReadOnlyList<RetrievedChunk> retrieved, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(retrieved);
        StepTimer timer = new(_time);
        ComposedPrompt prompt = _composer.Compose(question, retrieved);
        timer.Step("compose");

        StringBuilder text = new(), written = new();
        UsageDetails? usage = null;
        QuoteFinder? quotes = null;
        if (prompt.Sources.Count > 0)
        {
            ChatOptions options = new() { Temperature = _options.Temperature, Seed = _options.Seed, MaxOutputTokens = prompt.AnswerTokens };
            quotes = _options.Quotes?.Invoke(prompt.Sources, _composer.RefusalSentence, options);
            AnswerSanitizer sanitizer = new(prompt.Sources);
            await foreach (ChatResponseUpdate update in AskAsync(prompt, options, cancellationToken).ConfigureAwait(false))
            {
                usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
                written.Append(quotes is null ? null : update.Text);
                string piece = sanitizer.Push(update.Text);
                if (piece.Length > 0)
                {
                    text.Append(piece);
                    yield return new AnswerPart { Text = piece };
                }

                if (text.Length >= _options.MaxAnswerCharacters)
                {
                    break;
                }
            }

            string rest = sanitizer.Flush();
            if (rest.Length > 0)
            {
                text.Append(rest);
                yield return new AnswerPart { Text = rest };
            }
        }

        timer.Step("generate");
        string answer = text.ToString().Trim();
        bool refused = Refusal.Is(answer, _composer.RefusalSentence);
        if (answer.Length == 0)
        {
            answer = _composer.RefusalSentence;
            yield return new AnswerPart { Text = answer };
        }

        List<Citation> citations = [];
        if (!refused)
        {
            CitationVerifier verifier = new(_index.Within(question.Scope));
            citations = await ModelCitations.FindAsync(answer, question.Text, prompt.Sources, verifier, _options.MaxQuoteCharacters, cancellationToken).ConfigureAwait(false);
            citations = quotes is null
                ? citations
                : await BoundCitations.AddAsync(quotes(written.ToString()), citations, prompt.Sources, verifier, _options.MaxQuoteCharacters, cancellationToken).ConfigureAwait(false);
        }

        timer.Step("cite");
        yield return new AnswerPart
        {
            Answer = new Answer
            {
                Text = answer,
                Generator = Name,
                Refused = refused,
                Citations = citations,
                Retrieved = retrieved,
                Prompt = prompt.Sources.Count > 0 ? prompt.Messages : [],
                Usage = usage,
                Timings = timer.Steps,
            },
        };
    }

    /// <summary>The model's updates, ended by the deadline as by the caller.</summary>
    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(ComposedPrompt prompt, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(_options.Timeout, _time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        IAsyncEnumerator<ChatResponseUpdate> updates = _client.GetStreamingResponseAsync(prompt.Messages, options, stop.Token).GetAsyncEnumerator(stop.Token);
        await using (updates.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    throw new UnavailableException($"The model {Name} did not finish its answer within {_options.Timeout}; raise {nameof(ChatAnswerOptions.Timeout)} or ask for less.", Name, exception);
                }

                yield return updates.Current;
            }
        }
    }
}
