using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Models;
using Rag.Models.Hub;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Replies;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation;

/// <summary>
/// A chat client that runs a model folder in this process: the model's own tokenizer and chat template, one KV cache per
/// request. Thread-safe: requests up to <see cref="LocalModelOptions.MaxSessions"/> run at once, further ones wait, and
/// none changes another's result.
/// </summary>
/// <remarks>
/// Honoured of <see cref="ChatOptions"/>: Instructions, Temperature, TopK, TopP, MaxOutputTokens, StopSequences, Seed,
/// PresencePenalty, FrequencyPenalty, and the additional properties "min_p", "repetition_penalty" and "adapter", the name of one of
/// <see cref="LocalModelOptions.Adapters"/> (an empty one for none). ResponseFormat holds the text to JSON, or to a JSON Schema, and
/// <see cref="ConstraintChatOptions.WithConstraint"/> to any <see cref="TextConstraint"/>: no token is chosen behind which the text
/// could not be completed, and before the budget of tokens is spent it is completed. Reasoning's effort goes to the template, and with the output None
/// what the model thinks is left out. Tools are offered where the
/// model's template takes them, though not beside a constraint; a tool mode that requires a call, and conversations kept by a
/// service are refused by name. What the model thinks comes as <see cref="TextReasoningContent"/>, calls of tools that were offered as
/// <see cref="FunctionCallContent"/>; what only looks like a call is text. The seed of a request that samples
/// is in the additional property "seed" of its last update, and so of the message, so that it can be replayed.
/// <c>GetService</c> gives <see cref="ChatClientMetadata"/>, <see cref="Tokenizer"/> and <see cref="ITokenCounter"/>, whose
/// MaxTokens is the context length.
/// </remarks>
public sealed class LocalChatClient : IChatClient
{
    private readonly Tokenizer _tokenizer;
    private readonly HashSet<int> _stopTokens;
    private readonly RequestFactory _requests;
    private readonly SessionPool _sessions;
    private readonly IDisposable? _model;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;
    private readonly ReplyForm _replies;
    private readonly HashSet<int> _shownTokens;
    private readonly ModelVocabulary _vocabulary;
    private long _responses;
    private long _calls;

    internal LocalChatClient(
        string modelId, Tokenizer tokenizer, PromptEncoder encoder, HashSet<int> stopTokens, SamplingOptions defaults,
        int contextLength, Func<string?, IDecoderSession> createSession, IDisposable? model, LocalModelOptions options, TimeProvider? timeProvider, ReplyForm? replies = null)
    {
        _replies = replies ?? ReplyForm.Plain;
        _shownTokens = _replies.Markers.Select(tokenizer.TokenToId).OfType<int>().ToHashSet();
        _tokenizer = tokenizer.WithMaxTokens(contextLength);
        _stopTokens = stopTokens;
        _vocabulary = new ModelVocabulary(tokenizer, stopTokens);
        _requests = new RequestFactory(encoder, options.Sampling ?? defaults, contextLength, options.DefaultMaxOutputTokens)
        {
            Adapters = options.Adapters.Keys.ToHashSet(StringComparer.Ordinal),
            DefaultAdapter = options.DefaultAdapter,
            TakesTools = _replies.TakesTools,
        };
        _sessions = new SessionPool(createSession, options.MaxSessions, options.ReusePrefix);
        _model = model;
        _time = timeProvider ?? TimeProvider.System;
        _metadata = new ChatClientMetadata("rag", defaultModelId: modelId);
        ContextLength = contextLength;
    }

    /// <summary>The most tokens that prompt and answer may have together.</summary>
    public int ContextLength { get; }

    /// <summary>Sentences that a person should hear: why a device or a chat template is not used as asked, and that weights are not in single precision; often empty.</summary>
    public IReadOnlyList<string> Notices { get; private init; } = [];

    /// <summary>Texts that end every answer, beside those of the request.</summary>
    internal IReadOnlyList<string> StopStrings { get; private init; } = [];

    /// <summary>Requests that could begin at once without waiting.</summary>
    internal int AvailableSessions => _sessions.Available;

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
        OnnxDecoderModel model = adapted.Model;
        return new LocalChatClient(
            options.ModelId ?? ModelReference.OfFolder(folder.FolderPath), tokenizer, new PromptEncoder(tokenizer, template.Render), StopTokens.Of(folder, tokenizer, template.Replies), defaults,
            model.MaxPositions, adapted.CreateSession, adapted, options, timeProvider, template.Replies)
        {
            Notices = [.. new[] { model.DeviceNotice, model.WeightsNotice, template.Notice }.OfType<string>()],
            StopStrings = template.StopStrings,
        };
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="LimitExceededException">Prompt and output do not fit the context.</exception>
    /// <exception cref="UnsupportedException">An option or a content is not supported.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatMessage> conversation = [.. messages];
        GenerationRequest request = await Task.Run(() => _requests.Create(conversation, options, StopStrings), cancellationToken).ConfigureAwait(false);
        string id = string.Create(CultureInfo.InvariantCulture, $"rag-{Interlocked.Increment(ref _responses)}");
        DateTimeOffset created = _time.GetUtcNow();
        CachedSession session = await _sessions.RentAsync(request.Prompt, request.Adapter, cancellationToken).ConfigureAwait(false);
        bool sound = true;
        try
        {
            TokenMatcher? matcher = request.Constraint is { } constraint
                ? await Task.Run(() => _vocabulary.Match(constraint, session.VocabularySize), cancellationToken).ConfigureAwait(false)
                : null;
            using TextGeneration generation = new(session, request, _stopTokens, _tokenizer, _shownTokens, matcher);

            // A text that is held to a form is that form from its first character: nothing in it is thought or a call.
            IReplyParser parser = (matcher is null ? _replies : ReplyForm.Plain).CreateParser(request.PromptEnd, request.Tools);
            ReplyContents contents = new(NextCallId, request.HidesReasoning);
            bool calls = false;
            while (true)
            {
                // Steps are computation: they run on the thread pool, never on the caller's thread.
                string? text;
                try
                {
                    text = await Task.Run(() => generation.Next(cancellationToken), CancellationToken.None).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    sound = false;
                    throw;
                }

                if (text is null)
                {
                    parser.Flush(contents);
                }
                else
                {
                    parser.Append(text, contents);
                }

                if (contents.Take() is { Count: > 0 } taken)
                {
                    calls |= taken.OfType<FunctionCallContent>().Any();
                    yield return Update(id, created, taken);
                }

                if (text is null)
                {
                    break;
                }
            }

            yield return Last(id, created, request, generation, calls);
        }
        finally
        {
            _sessions.Return(session, sound);
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(ITokenCounter) || serviceType == typeof(Tokenizer) ? _tokenizer
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Closes the model; requests that run finish, and the weights go with the last of them.</summary>
    public void Dispose()
    {
        _sessions.Dispose();
        _model?.Dispose();
    }

    // Nine letters and digits: the one form that every template takes.
    private string NextCallId()
    {
        Span<char> id = ['c', 'a', 'l', 'l', '0', '0', '0', '0', '0'];
        long number = Interlocked.Increment(ref _calls);
        for (int i = id.Length - 1; i >= 4; i--, number /= 36)
        {
            id[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(number % 36)];
        }

        return new string(id);
    }

    private ChatResponseUpdate Update(string id, DateTimeOffset created, IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = id,
        MessageId = id,
        ModelId = _metadata.DefaultModelId,
        CreatedAt = created,
    };

    private ChatResponseUpdate Last(string id, DateTimeOffset created, GenerationRequest request, TextGeneration generation, bool calls)
    {
        ChatResponseUpdate update = Update(id, created, [new UsageContent(new UsageDetails
        {
            InputTokenCount = request.Prompt.Length,
            CachedInputTokenCount = generation.ReusedTokens,
            OutputTokenCount = generation.GeneratedTokens,
            TotalTokenCount = request.Prompt.Length + generation.GeneratedTokens,
        })]);
        update.FinishReason = generation.End != GenerationEnd.Stop ? ChatFinishReason.Length : calls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
        if (request.Sampling.Temperature > 0)
        {
            update.AdditionalProperties = new AdditionalPropertiesDictionary { ["seed"] = request.Seed };
        }

        return update;
    }
}
