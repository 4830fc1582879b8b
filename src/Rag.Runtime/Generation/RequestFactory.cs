using System.Security.Cryptography;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Replies;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Scheduling;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation;

/// <summary>Turns messages and <see cref="ChatOptions"/> into a request, and refuses by name what is not supported.</summary>
internal sealed class RequestFactory(PromptEncoder encoder, SamplingOptions defaults, int contextLength, int defaultMaxOutputTokens)
{
    private readonly SchemaConstraints _schemas = new();

    /// <summary>The name of the model, which is the only one that requests may ask for; null where they may ask for any.</summary>
    public string? Model { get; init; }

    /// <summary>The names that requests may choose an adapter by.</summary>
    public IReadOnlySet<string> Adapters { get; init; } = new HashSet<string>();

    /// <summary>The adapter of requests that name none.</summary>
    public string? DefaultAdapter { get; init; }

    /// <summary>Whether the model can be offered tools.</summary>
    public bool TakesTools { get; init; }

    /// <summary>Makes a request; the stop strings are added to those that the options name.</summary>
    /// <exception cref="UnsupportedException">A message holds more than text, or an option is not supported.</exception>
    /// <exception cref="LimitExceededException">The prompt does not leave room for the output.</exception>
    public GenerationRequest Create(IReadOnlyList<ChatMessage> messages, ChatOptions? options, IReadOnlyList<string> stopStrings)
    {
        ThrowIfUnsupported(options);
        if (options?.ModelId is { } asked && Model is not null && asked != Model)
        {
            throw new UnsupportedException($"The option {nameof(ChatOptions.ModelId)} asks for the model '{asked}', but this is '{Model}'; leave it out, or ask the client of that model.", nameof(ChatOptions.ModelId));
        }

        string[] stops = [.. options?.StopSequences ?? [], .. stopStrings];
        if (stops.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop sequence is empty; it would end every answer before it begins.", nameof(options));
        }

        SamplingOptions sampling = Sampling(options);
        int choices = SamplingProperties.Choices(options?.AdditionalProperties);
        if (choices > 1 && sampling.Temperature == 0)
        {
            throw new ArgumentException($"{choices} answers were asked for ({SampledChoices.Property}) at the temperature 0, where all of them are the same; ask for a higher one.", nameof(options));
        }

        ToolSet tools = Tools(options);
        TextConstraint? constraint = Constraint(options);
        if (constraint is not null && !ReferenceEquals(tools, ToolSet.None))
        {
            throw new UnsupportedException($"The options {nameof(ChatOptions.Tools)} and {nameof(ChatOptions.ResponseFormat)}, or a constraint, cannot be had together: a text that is held to a form calls no tools.", nameof(ChatOptions.Tools));
        }

        (int[] prompt, string end) = encoder.Encode(ChatTurns.From(messages, options?.Instructions), TemplateVariables.Of(options, tools));
        long seed = sampling.Seed ?? BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        return new GenerationRequest(prompt, Budget(prompt.Length, options?.MaxOutputTokens), sampling, seed, stops, Adapter(options))
        {
            PromptEnd = end,
            Tools = tools,
            Constraint = constraint,
            HidesReasoning = options?.Reasoning?.Output == ReasoningOutput.None,
            Choices = choices,
            Priority = options.Priority(),
            Timeout = options.Timeout(),
            TopLogProbabilities = SamplingProperties.TopLogProbabilities(options?.AdditionalProperties),
        };
    }

    private int Budget(int promptLength, int? asked)
    {
        if (asked is { } tokens)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1, nameof(ChatOptions.MaxOutputTokens));
        }

        // A budget that was asked for is kept free; the default one takes what there is.
        int reserved = Math.Min(asked ?? 1, contextLength);
        int room = contextLength - reserved;
        if (promptLength > room)
        {
            throw new LimitExceededException(nameof(RuntimeOptions.MaxPositions), contextLength, (long)promptLength + (asked ?? 1), "The prompt together with the tokens to generate");
        }

        return asked ?? Math.Min(defaultMaxOutputTokens, contextLength - promptLength);
    }

    private SamplingOptions Sampling(ChatOptions? options)
    {
        SamplingOptions sampling = defaults.Clone();
        if (options is not null)
        {
            sampling.Temperature = options.Temperature ?? sampling.Temperature;
            sampling.TopK = options.TopK ?? sampling.TopK;
            sampling.TopP = options.TopP ?? sampling.TopP;
            sampling.Seed = options.Seed ?? sampling.Seed;
            sampling.PresencePenalty = options.PresencePenalty ?? sampling.PresencePenalty;
            sampling.FrequencyPenalty = options.FrequencyPenalty ?? sampling.FrequencyPenalty;
            SamplingProperties.Apply(sampling, options.AdditionalProperties);
            sampling.Validate();
        }

        return sampling;
    }

    private ToolSet Tools(ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 } tools || options.ToolMode is NoneChatToolMode)
        {
            return ToolSet.None;
        }

        if (options.ToolMode is RequiredChatToolMode)
        {
            throw new UnsupportedException($"The option {nameof(ChatOptions.ToolMode)} asks for a call in any case, which the local model cannot be held to; leave it out.", nameof(ChatOptions.ToolMode));
        }

        return TakesTools
            ? new ToolSet(tools)
            : throw new UnsupportedException($"The option {nameof(ChatOptions.Tools)} is not supported by this model: its chat template offers none, or has them called in a form that is not known.", nameof(ChatOptions.Tools));
    }

    private TextConstraint? Constraint(ChatOptions? options)
    {
        TextConstraint? given = options?.GetConstraint();
        return options?.ResponseFormat is not ChatResponseFormatJson json ? given
            : given is null ? _schemas.Of(json.Schema)
            : throw new ArgumentException($"The options have both a constraint and a {nameof(ChatOptions.ResponseFormat)}; leave one out.", nameof(options));
    }

    private string? Adapter(ChatOptions? options)
    {
        if (options?.AdditionalProperties is not { } properties || !properties.TryGetValue("adapter", out object? value) || value is null)
        {
            return DefaultAdapter;
        }

        return value switch
        {
            string { Length: 0 } => null,
            string name when Adapters.Contains(name) => name,
            _ => throw new ArgumentException($"The adapter '{value}' is not known; {(Adapters.Count == 0 ? "the model was loaded without any" : "known are " + string.Join(", ", Adapters.Order(StringComparer.Ordinal)))}.", nameof(options)),
        };
    }

    private static void ThrowIfUnsupported(ChatOptions? options)
    {
        string? name = options switch
        {
            { ResponseFormat: not null and not ChatResponseFormatText and not ChatResponseFormatJson } => nameof(ChatOptions.ResponseFormat),
            { ConversationId: not null } => nameof(ChatOptions.ConversationId),
            { ContinuationToken: not null } => nameof(ChatOptions.ContinuationToken),
            { AllowBackgroundResponses: true } => nameof(ChatOptions.AllowBackgroundResponses),
            { AllowMultipleToolCalls: false, Tools.Count: > 0 } => nameof(ChatOptions.AllowMultipleToolCalls),
            _ => null,
        };
        if (name is not null)
        {
            throw new UnsupportedException($"The option {name} is not supported by the local model; leave it out.", name);
        }
    }
}
