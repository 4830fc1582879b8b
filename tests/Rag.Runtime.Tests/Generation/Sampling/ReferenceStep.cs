using System.Globalization;
using System.Text.Json;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Sampling.Rules;

namespace Rag.Runtime.Tests.Generation.Sampling;

/// <summary>One step of the reference data, [name, value], as a rule and as options.</summary>
internal static class ReferenceStep
{
    private static readonly PenaltyWindow Whole = new(null, WithPrompt: true);
    private static readonly PenaltyWindow Output = new(null, WithPrompt: false);

    public static ISamplingRule Rule(JsonElement step)
    {
        JsonElement value = step[1];
        return step[0].GetString() switch
        {
            "temperature" => new TemperatureRule(value.GetSingle()),
            "top_k" => new TopKRule(value.GetInt32()),
            "top_p" => new TopPRule(value.GetSingle()),
            "min_p" => new MinPRule(value.GetSingle()),
            "typical_p" => new TypicalRule(value.GetSingle()),
            "epsilon_cutoff" => new EpsilonRule(value.GetSingle()),
            "eta_cutoff" => new EtaRule(value.GetSingle()),
            "top_h" => new TopHRule(value.GetSingle()),
            "repetition_penalty" => new RepetitionPenaltyRule(value.GetSingle(), Whole),
            "presence_frequency" => new OccurrencePenaltyRule(value[0].GetSingle(), value[1].GetSingle(), Output),
            "no_repeat_ngram" => new NoRepeatNgramRule(value.GetInt32()),
            "logit_bias" => new LogitBiasRule(Bias(value)),
            "min_length" => new MinLengthRule(value[0].GetInt32(), withPrompt: true, Ids(value[1])),
            "min_new_tokens" => new MinLengthRule(value[0].GetInt32(), withPrompt: false, Ids(value[1])),
            "suppress_tokens" => new SuppressTokensRule(Ids(value), atBegin: false),
            "begin_suppress_tokens" => new SuppressTokensRule(Ids(value), atBegin: true),
            "bad_words" => new BadWordsRule(value[0].EnumerateArray().Select(Ids), Ids(value[1])),
            "sequence_bias" => new SequenceBiasRule(Sequences(value)),
            "forced_bos" => new ForcedStartRule(value.GetInt32()),
            "forced_eos" => new ForcedEndRule(value[0].GetInt32(), Ids(value[1])),
            "exponential_decay" => new LengthDecayRule(value[0][0].GetInt32(), value[0][1].GetSingle(), Ids(value[1])),
            "prefix_allowed" => new AllowedTokensRule(Ids(value)),
            string other => throw new InvalidOperationException($"The reference has a rule that the tests do not know: {other}."),
            null => throw new InvalidOperationException("A step has no name."),
        };
    }

    public static void Set(SamplingOptions options, List<int> stops, JsonElement step)
    {
        JsonElement value = step[1];
        switch (step[0].GetString())
        {
            case "temperature": options.Temperature = value.GetSingle(); break;
            case "top_k": options.TopK = value.GetInt32(); break;
            case "top_p": options.TopP = value.GetSingle(); break;
            case "min_p": options.MinP = value.GetSingle(); break;
            case "typical_p": options.TypicalP = value.GetSingle(); break;
            case "epsilon_cutoff": options.EpsilonCutoff = value.GetSingle(); break;
            case "eta_cutoff": options.EtaCutoff = value.GetSingle(); break;
            case "repetition_penalty": options.RepetitionPenalty = value.GetSingle(); break;
            case "presence_frequency": (options.PresencePenalty, options.FrequencyPenalty) = (value[0].GetSingle(), value[1].GetSingle()); break;
            case "no_repeat_ngram": options.NoRepeatNgramSize = value.GetInt32(); break;
            case "logit_bias": options.LogitBias = Bias(value); break;
            case "suppress_tokens": options.SuppressTokens = Ids(value); break;
            case "sequence_bias": options.SequenceBias = Sequences(value); break;
            case "bad_words":
                options.BadWords = [.. value[0].EnumerateArray().Select(Ids)];
                stops.AddRange(Ids(value[1]));
                break;
            case "min_new_tokens":
                options.MinOutputTokens = value[0].GetInt32();
                stops.AddRange(Ids(value[1]));
                break;
            case { } other: throw new InvalidOperationException($"The reference combines a rule that the tests do not know there: {other}.");
        }
    }

    private static int[] Ids(JsonElement value) => [.. value.EnumerateArray().Select(id => id.GetInt32())];

    private static SequenceBias[] Sequences(JsonElement value) =>
        [.. value.EnumerateArray().Select(item => new SequenceBias(Ids(item[0]), item[1].GetSingle()))];

    private static Dictionary<int, float> Bias(JsonElement value) =>
        value.EnumerateObject().ToDictionary(item => int.Parse(item.Name, CultureInfo.InvariantCulture), item => item.Value.GetSingle());
}
