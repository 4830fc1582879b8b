using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Scheduling;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>
/// Sampling options by the names that transformers (generation_config.json), vLLM (allowed_token_ids) and llama.cpp (repeat_last_n,
/// top_n_sigma, xtc, dry) have for them.
/// </summary>
internal static class SamplingProperties
{
    private const int MaxTopLogProbabilities = 100;
    private const int MaxChoices = 100;

    /// <summary>What other parts of a request read.</summary>
    private static readonly HashSet<string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        "adapter", ConstraintChatOptions.Name, "logprobs", "top_logprobs", SampledChoices.Property, SchedulingChatOptions.PriorityName, SchedulingChatOptions.TimeoutName,
    };

    /// <summary>What applies only where a token is drawn.</summary>
    private static readonly Dictionary<string, Action<SamplingOptions, JsonElement>> ByScore = new(StringComparer.OrdinalIgnoreCase)
    {
        ["temperature"] = (options, value) => options.Temperature = value.Number(),
        ["top_h"] = (options, value) => options.TopH = value.Number(),
        ["top_k"] = (options, value) => options.TopK = value.Integer(),
        ["top_p"] = (options, value) => options.TopP = value.Number(),
        ["min_p"] = (options, value) => options.MinP = value.Number(),
        ["typical_p"] = (options, value) => options.TypicalP = value.Number(),
        ["epsilon_cutoff"] = (options, value) => options.EpsilonCutoff = value.Number(),
        ["eta_cutoff"] = (options, value) => options.EtaCutoff = value.Number(),
        ["top_n_sigma"] = (options, value) => options.TopNSigma = value.Number(),
        ["xtc_probability"] = (options, value) => options.XtcProbability = value.Number(),
        ["xtc_threshold"] = (options, value) => options.XtcThreshold = value.Number(),
    };

    private static readonly Dictionary<string, Action<SamplingOptions, JsonElement>> ByToken = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sampling_order"] = (options, value) => options.Order = value.Order(),
        ["repetition_penalty"] = (options, value) => options.RepetitionPenalty = value.Number(),
        ["repeat_last_n"] = (options, value) => options.PenaltyWindow = value.Integer() is >= 0 and var window ? window : null,
        ["dry_multiplier"] = (options, value) => options.DryMultiplier = value.Number(),
        ["dry_base"] = (options, value) => options.DryBase = value.Number(),
        ["dry_allowed_length"] = (options, value) => options.DryAllowedLength = value.Integer(),
        ["dry_sequence_breakers"] = (options, value) => options.DryBreakers = value.Integers(),
        ["no_repeat_ngram_size"] = (options, value) => options.NoRepeatNgramSize = value.Integer(),
        ["bad_words_ids"] = (options, value) => options.BadWords = [.. value.EnumerateArray().Select(word => word.Integers())],
        ["sequence_bias"] = (options, value) => options.SequenceBias = value.Biases(),
        ["logit_bias"] = (options, value) => options.LogitBias = value.BiasesByToken(),
        ["min_length"] = (options, value) => options.MinLength = value.Integer(),
        ["min_new_tokens"] = (options, value) => options.MinOutputTokens = value.Integer(),
        ["allowed_token_ids"] = (options, value) => options.AllowedTokens = value.Integers(),
        ["forced_bos_token_id"] = (options, value) => options.ForcedStartToken = value.Integer(),
        ["forced_eos_token_id"] = (options, value) => options.ForcedEndTokens = value.Integers(),
        ["exponential_decay_length_penalty"] = (options, value) => (options.LengthDecayStart, options.LengthDecayFactor) = (value[0].Integer(), value[1].Number()),
        ["suppress_tokens"] = (options, value) => options.SuppressTokens = value.Integers(),
        ["begin_suppress_tokens"] = (options, value) => options.BeginSuppressTokens = value.Integers(),
    };

    /// <summary>Sets what a request's additional properties say; null values say nothing.</summary>
    /// <exception cref="UnsupportedException">A name is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">A value is not of its kind; the message names it.</exception>
    public static void Apply(SamplingOptions options, AdditionalPropertiesDictionary? properties)
    {
        foreach ((string name, object? value) in properties ?? [])
        {
            if (value is null || Elsewhere.Contains(name))
            {
                continue;
            }

            if (!ByToken.TryGetValue(name, out Action<SamplingOptions, JsonElement>? set) && !ByScore.TryGetValue(name, out set))
            {
                throw new UnsupportedException(
                    $"The additional property '{name}' is not supported by the local model; leave it out. Known are {string.Join(", ", Elsewhere.Concat(ByScore.Keys).Concat(ByToken.Keys).Order(StringComparer.Ordinal))}.", name);
            }

            Set(name, value, json => set(options, json));
        }
    }

    /// <summary>Sets what one property of generation_config.json says; what is null or concerns no rule says nothing.</summary>
    /// <param name="options">Changed.</param>
    /// <param name="property">Of the file.</param>
    /// <param name="samples">Whether the file has tokens drawn; else what concerns only that is not read.</param>
    public static void ApplyDefault(SamplingOptions options, JsonProperty property, bool samples)
    {
        if (property.Value.ValueKind != JsonValueKind.Null
            && (ByToken.TryGetValue(property.Name, out Action<SamplingOptions, JsonElement>? set) || (samples && ByScore.TryGetValue(property.Name, out set))))
        {
            Set(property.Name, property.Value, json => set(options, json));
        }
    }

    /// <summary>How many of the most probable tokens a request asks for: by "top_logprobs", or none of them but log-probabilities by "logprobs".</summary>
    /// <returns>Null where it asks for no log-probabilities.</returns>
    public static int? TopLogProbabilities(AdditionalPropertiesDictionary? properties)
    {
        int? top = null;
        if (properties?.GetValueOrDefault("logprobs") is { } asked)
        {
            Set("logprobs", asked, json => top = json.GetBoolean() ? 0 : null);
        }

        if (properties?.GetValueOrDefault("top_logprobs") is { } number)
        {
            Set("top_logprobs", number, json => top = json.Integer());
        }

        return top is null or (>= 0 and <= MaxTopLogProbabilities)
            ? top
            : throw new ArgumentOutOfRangeException(nameof(properties), top, $"top_logprobs must be from 0 to {MaxTopLogProbabilities}.");
    }

    /// <summary>How many answers a request asks for by "num_return_sequences"; 1 where it says nothing.</summary>
    public static int Choices(AdditionalPropertiesDictionary? properties)
    {
        int choices = 1;
        if (properties?.GetValueOrDefault(SampledChoices.Property) is { } asked)
        {
            Set(SampledChoices.Property, asked, json => choices = json.Integer());
        }

        return choices is >= 1 and <= MaxChoices
            ? choices
            : throw new ArgumentOutOfRangeException(nameof(properties), choices, $"{SampledChoices.Property} must be from 1 to {MaxChoices}.");
    }

    private static void Set(string name, object value, Action<JsonElement> set)
    {
        try
        {
            set(value as JsonElement? ?? JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())));
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or OverflowException or NotSupportedException or JsonException or IndexOutOfRangeException)
        {
            throw new ArgumentException($"The value of '{name}' is not of its kind: {exception.Message}", nameof(value), exception);
        }
    }
}
