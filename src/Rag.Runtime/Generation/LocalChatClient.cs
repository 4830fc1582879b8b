using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Models;
using Rag.Models.Hub;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Generation.Replies;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Scheduling;
using Rag.Runtime.Generation.Spans;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Generation.Speculation.Drafters;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation;

/// <summary>
/// A chat client that runs a model folder in this process: the model's own tokenizer and chat template, one KV cache per
/// request. Thread-safe: requests up to <see cref="LocalModelOptions.MaxConcurrentRequests"/> run at once and share their steps, further ones wait, and
/// none changes another's result but by rounding.
/// </summary>
/// <remarks>
/// Honoured of <see cref="ChatOptions"/>: Instructions, Temperature, TopK, TopP, MaxOutputTokens, StopSequences, Seed,
/// PresencePenalty, FrequencyPenalty; and of the additional properties, any other of which is refused by name: "adapter", the name of one of
/// <see cref="LocalModelOptions.Adapters"/> (an empty one for none), what <see cref="SamplingOptions"/> has beyond that under the names of
/// transformers and llama.cpp ("min_p", "typical_p", "no_repeat_ngram_size", "bad_words_ids", "logit_bias", "repeat_last_n" and so on), "sampling_order"
/// ("transformers" or "llama.cpp"), "num_return_sequences", which gives that many sampled answers as messages of one response, and "logprobs" or "top_logprobs", which give <see cref="LogProbabilityContent"/> with the text.
/// ResponseFormat holds the text to JSON, or to a JSON Schema, and
/// <see cref="ConstraintChatOptions.WithConstraint"/> to any <see cref="TextConstraint"/>, such as <see cref="Constraints.Quotes.QuoteConstraint"/>: no token is chosen behind which the text
/// could not be completed, and before the budget of tokens is spent it is completed. Reasoning's effort goes to the template, and with the output None
/// what the model thinks is left out. Tools are offered where the
/// model's template takes them, though not beside a constraint; a tool mode that requires a call or one that allows no second, another ModelId, responses in the background, and conversations kept by a
/// service are refused by name. What the model thinks comes as <see cref="TextReasoningContent"/>, calls of tools that were offered as
/// <see cref="FunctionCallContent"/>; what only looks like a call is text. The seed of a request that samples
/// is in the additional property "seed" of its last update, and so of the message, so that it can be replayed. "priority" and "timeout"
/// (<see cref="SchedulingChatOptions"/>) say when a request begins and when it is ended. An answer is computed whether its stream is read or not; leaving the stream ends it.
/// <c>GetService</c> gives <see cref="ChatClientMetadata"/>, <see cref="Tokenizer"/>, <see cref="ITokenCounter"/>, whose
/// MaxTokens is the context length, <see cref="LocalModelUsage"/>, <see cref="SpeculationUsage"/>, <see cref="SpanExtractor"/>, and <see cref="PrefixCacheUsage"/> where <see cref="LocalModelOptions.PrefixCacheBytes"/> are used.
/// Where tokens were guessed ahead, the usage of a response counts them ("DraftedTokenCount", "AcceptedDraftTokenCount").
/// </remarks>
public sealed class LocalChatClient : IChatClient
{
    private readonly Tokenizer _tokenizer;
    private readonly RequestFactory _requests;
    private readonly GenerationEngine _engine;
    private readonly IDisposable? _model;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;
    private readonly ReplyForm _replies;
    private readonly CallIds _calls = new();
    private readonly int _choicesAtOnce;
    private long _responses;

    internal LocalChatClient(
        string modelId, Tokenizer tokenizer, PromptEncoder encoder, HashSet<int> stopTokens, SamplingOptions defaults,
        int contextLength, Func<string?, IDecoderSession> createSession, IDisposable? model, LocalModelOptions options, TimeProvider? timeProvider, ReplyForm? replies = null,
        DraftModel? draftModel = null, bool roundsActivations = false)
    {
        _replies = replies ?? ReplyForm.Plain;
        _tokenizer = tokenizer.WithMaxTokens(contextLength);
        _requests = new RequestFactory(encoder, options.Sampling ?? defaults, contextLength, options.DefaultMaxOutputTokens)
        {
            Model = modelId,
            Adapters = options.Adapters.Keys.ToHashSet(StringComparer.Ordinal),
            DefaultAdapter = options.DefaultAdapter,
            TakesTools = _replies.TakesTools,
        };
        _model = model;
        _time = timeProvider ?? TimeProvider.System;
        HashSet<int> shownTokens = [.. _replies.Markers.Select(tokenizer.TokenToId).OfType<int>()];
        _engine = new GenerationEngine(modelId, _tokenizer, stopTokens, shownTokens, createSession, options, _time, draftModel, roundsActivations);
        Spans = new SpanExtractor(_requests, _engine, tokenizer, stopTokens, contextLength);
        _choicesAtOnce = _engine.Prefixes is null ? 1 : options.MaxConcurrentRequests;
        _metadata = new ChatClientMetadata("rag", defaultModelId: modelId);
        ContextLength = contextLength;
    }

    /// <summary>The most tokens that prompt and answer may have together.</summary>
    public int ContextLength { get; }

    /// <summary>Sentences that a person should hear: why a device or a chat template is not used as asked, and that weights are not in single precision; often empty.</summary>
    public IReadOnlyList<string> Notices { get; private init; } = [];

    /// <summary>Texts that end every answer, beside those of the request.</summary>
    internal IReadOnlyList<string> StopStrings { get; private init; } = [];

    /// <summary>The model, for what is saved of it; null for one that is not from a folder.</summary>
    internal AdaptedModel? Adapted { get; init; }

    private PrefixStore Store => Adapted is not null && _engine.Prefixes is { } prefixes
        ? new PrefixStore(Adapted, prefixes)
        : throw new UnsupportedException($"Prefixes cannot be saved and loaded where none are kept: set {nameof(LocalModelOptions.ReusePrefix)} and {nameof(LocalModelOptions.PrefixCacheBytes)}.");

    /// <summary>Requests that could begin at once without waiting.</summary>
    internal int AvailableSessions => _engine.Available;

    internal SpeculationShare Speculation => _engine.Speculation;

    private SpanExtractor Spans { get; }

    /// <summary>Loads a model folder on another thread.</summary>
    /// <inheritdoc cref="Load(string, LocalModelOptions?, TimeProvider?)"/>
    public static Task<LocalChatClient> LoadAsync(
        string path, LocalModelOptions? options = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Load(ModelFolder.Open(path), options, timeProvider, cancellationToken), cancellationToken);

    /// <summary>Loads a model folder.</summary>
    /// <param name="path">A folder with config.json, safetensors weights and tokenizer.json, or a GGUF file; names of the hub go through <see cref="ModelHub"/>.</param>
    /// <param name="options">How to load and run it; null for the defaults.</param>
    /// <param name="timeProvider">Dates the responses; the system's by default.</param>
    /// <exception cref="UnavailableException">The folder, or a file that is needed, is not there.</exception>
    /// <exception cref="UnsupportedException">The model's family, tokenizer or template is not supported.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static LocalChatClient Load(string path, LocalModelOptions? options = null, TimeProvider? timeProvider = null) =>
        Load(ModelFolder.Open(path), options, timeProvider);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="Load(string, LocalModelOptions?, TimeProvider?)"/>
    public static LocalChatClient Load(ModelFolder folder, LocalModelOptions? options = null, TimeProvider? timeProvider = null) =>
        Load(folder, options, timeProvider, CancellationToken.None);

    private static LocalChatClient Load(ModelFolder folder, LocalModelOptions? options, TimeProvider? timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new LocalModelOptions();
        options.Validate();
        Tokenizer tokenizer = FolderTokenizer.Load(folder);
        PromptTemplate template = PromptTemplate.Of(folder);
        SamplingOptions defaults = GenerationDefaults.Read(folder.FolderPath);
        AdaptedModel adapted = AdaptedModel.Load(folder, options, cancellationToken);
        DraftModel? draftModel = DraftModel.Load(options, tokenizer, adapted, folder.FolderPath, cancellationToken);
        OnnxDecoderModel model = adapted.Model;
        return new LocalChatClient(
            options.ModelId ?? ModelReference.OfFolder(folder.FolderPath), tokenizer, new PromptEncoder(tokenizer, template.Render), StopTokens.Of(folder, tokenizer, template.Replies), defaults,
            model.MaxPositions, adapted.CreateSession, adapted, options.For(model), timeProvider, template.Replies, draftModel, model.RoundsActivations)
        {
            Notices = [.. new[] { model.DeviceNotice, model.WeightsNotice, template.Notice }.OfType<string>()],
            StopStrings = template.StopStrings,
            Adapted = adapted,
        };
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="LimitExceededException">Prompt and output do not fit the context.</exception>
    /// <exception cref="UnsupportedException">An option or a content is not supported.</exception>
    /// <exception cref="ModelBusyException">Too many requests wait.</exception>
    /// <exception cref="RequestTimeoutException">The request's time has passed.</exception>
    /// <exception cref="UnavailableException">There is not enough memory.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatMessage> conversation = [.. messages];
        GenerationRequest request = await Task.Run(() => _requests.Create(conversation, options, StopStrings), cancellationToken).ConfigureAwait(false);
        IAsyncEnumerable<ChatResponseUpdate> updates = request.Choices > 1 ? SampledChoices.StreamAsync(StreamAsync, request, _choicesAtOnce, cancellationToken) : StreamAsync(request, cancellationToken);
        await foreach (ChatResponseUpdate update in updates.ConfigureAwait(false))
        {
            yield return update;
        }
    }

    /// <summary>
    /// Computes what all prompts that begin with some messages have in common, and writes it to a file, so that after a restart
    /// <see cref="LoadPrefixAsync"/> spares computing it. It stays in use by this client as well.
    /// </summary>
    /// <param name="path">The file; replaced where it is there. It appears whole or not at all, in a folder that must exist.</param>
    /// <param name="messages">The messages. Where they end with a user's, their whole prompt is saved; else all that comes before the user's next words.</param>
    /// <param name="options">What the requests are made with, as far as it shows in the prompt: instructions, tools, the adapter.</param>
    /// <param name="cancellationToken">Ends it within a step; no file is written then.</param>
    /// <returns>The tokens saved.</returns>
    /// <exception cref="UnavailableException">The file cannot be written, or the weights' hash cannot be kept in <see cref="RuntimeOptions.CacheDirectory"/>.</exception>
    /// <exception cref="UnsupportedException">The client keeps no prefixes, or the model computes each length of a sequence otherwise.</exception>
    public Task<int> SavePrefixAsync(string path, IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatMessage> beginning = [.. messages];
        return Store.SaveAsync(path, () => FixedBeginning.Of(beginning, all => _requests.Create(all, options, StopStrings)), _engine, cancellationToken);
    }

    /// <summary>Keeps what <see cref="SavePrefixAsync"/> wrote, as if a request had just computed it; it can be dropped like all that is kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The tokens loaded.</returns>
    /// <exception cref="UnavailableException">The file is not there or cannot be read.</exception>
    /// <exception cref="CorruptException">It is damaged.</exception>
    /// <exception cref="UnsupportedException">It is of another version, or the client keeps no prefixes.</exception>
    /// <exception cref="IncompatibleException">It is no prefix, or one of other weights, of another precision, or of an adapter that was not loaded.</exception>
    /// <exception cref="LimitExceededException">It takes more than <see cref="LocalModelOptions.PrefixCacheBytes"/>.</exception>
    public Task<int> LoadPrefixAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PrefixStore store = Store;
        return Task.Run(() => store.Load(path, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(ITokenCounter) || serviceType == typeof(Tokenizer) ? _tokenizer
            : serviceType == typeof(PrefixCacheUsage) ? _engine.Prefixes?.Usage
            : serviceType == typeof(LocalModelUsage) ? _engine.Usage
            : serviceType == typeof(SpeculationUsage) ? Speculation.Usage
            : serviceType == typeof(SpanExtractor) ? Spans
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Closes the model: requests that wait end with an <see cref="ObjectDisposedException"/>, those that run finish, and the weights go with the last of them.</summary>
    public void Dispose()
    {
        _engine.Dispose();
        _model?.Dispose();
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"rag-{Interlocked.Increment(ref _responses)}");
        ResponseUpdates updates = new(id, _metadata.DefaultModelId, _time.GetUtcNow());

        // A text that is held to a form is that form from its first character: nothing in it is thought or a call.
        IReplyParser parser = (request.Constraint is null ? _replies : ReplyForm.Plain).CreateParser(request.PromptEnd, request.Tools);
        ReplyContents contents = new(_calls.Next, request.HidesReasoning);
        GenerationRun run = await _engine.StartAsync(request, cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            await foreach (GeneratedText piece in run.Texts.ConfigureAwait(false))
            {
                // Also where all was computed before.
                cancellationToken.ThrowIfCancellationRequested();
                parser.Append(piece.Text, contents);
                if (Contents(piece.LogProbabilities) is { Count: > 0 } taken)
                {
                    yield return updates.Of(taken);
                }
            }

            parser.Flush(contents);
            if (Contents(null) is { Count: > 0 } rest)
            {
                yield return updates.Of(rest);
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return updates.Last(request, run);
        }

        IList<AIContent> Contents(LogProbabilityContent? logProbabilities) => logProbabilities is null ? contents.Take() : [.. contents.Take(), logProbabilities];
    }
}
