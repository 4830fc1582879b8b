using System.IO.Compression;
using System.Text.Json;
using Rag.Runtime.Generation.Sampling;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Sampling;

/// <summary>The rules against the reference outputs of transformers. Rules that Rag does not offer yet are left out by name.</summary>
public sealed class SamplingFixtureTests
{
    private static readonly HashSet<string> Offered =
        ["temperature", "top_k", "top_p", "min_p", "repetition_penalty", "presence_frequency"];

    [Fact]
    public void Every_offered_rule_and_combination_equals_the_reference()
    {
        Dictionary<string, float[]> logits = Logits();
        int compared = 0;
        foreach (JsonElement row in Lines("processors.jsonl.gz"))
        {
            if (row.GetProperty("steps").EnumerateArray().Any(step => !Offered.Contains(step[0].GetString()!)))
            {
                continue;
            }

            string name = row.GetProperty("logits").GetString()!;
            float[] scores = [.. logits[name]];
            int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Apply(row, scores, ids);
            Compare(row, name, scores);
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void The_sampler_applies_the_rules_in_the_order_of_transformers()
    {
        Dictionary<string, float[]> logits = Logits();
        string[] order = ["repetition_penalty", "presence_frequency", "temperature", "top_k", "top_p", "min_p"];
        int compared = 0;
        foreach (JsonElement row in Lines("processors.jsonl.gz"))
        {
            JsonElement[] steps = [.. row.GetProperty("steps").EnumerateArray()];
            string[] names = [.. steps.Select(step => step[0].GetString()!)];
            if (steps.Length < 2 || !names.All(order.Contains) || !names.Order(Comparer<string>.Create((a, b) => Array.IndexOf(order, a) - Array.IndexOf(order, b))).SequenceEqual(names))
            {
                continue;
            }

            SamplingOptions options = new() { Temperature = 1 };
            foreach (JsonElement step in steps)
            {
                Set(options, step);
            }

            string name = row.GetProperty("logits").GetString()!;
            float[] scores = [.. logits[name]];
            int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            int promptLength = row.GetProperty("prompt_len").GetInt32();
            using Sampler sampler = new(options, 1, scores.Length, ids.AsSpan(0, promptLength));
            foreach (int id in ids[promptLength..])
            {
                sampler.NoteOutput(id);
            }

            int candidates = sampler.Process(scores);
            float[] processed = new float[scores.Length];
            Array.Fill(processed, float.NegativeInfinity);
            for (int i = 0; i < candidates; i++)
            {
                processed[sampler.CandidateId(i)] = scores[i];
            }

            Compare(row, name, processed);
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void Draw_FollowsTheInverseOfTheCumulativeDistribution()
    {
        Dictionary<string, float[]> logits = Logits();
        foreach (JsonElement row in Lines("inverse_cdf.jsonl"))
        {
            float[] scores = logits[row.GetProperty("logits").GetString()!];
            using Sampler sampler = new(new SamplingOptions { Temperature = 1 }, 1, scores.Length, []);
            int[] drawn = [.. row.GetProperty("u").EnumerateArray().Select(u => sampler.Draw(scores, u.GetDouble()))];
            Assert.Equal(row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), drawn);
        }
    }

    private static void Apply(JsonElement row, float[] scores, int[] ids)
    {
        int promptLength = row.GetProperty("prompt_len").GetInt32();
        int[] room = new int[scores.Length];
        float[] weights = new float[scores.Length];
        foreach (JsonElement step in row.GetProperty("steps").EnumerateArray())
        {
            JsonElement value = step[1];
            switch (step[0].GetString())
            {
                case "temperature":
                    for (int i = 0; i < scores.Length; i++)
                    {
                        scores[i] /= value.GetSingle();
                    }

                    break;
                case "top_k":
                    TopKFilter.Apply(scores, value.GetInt32(), weights);
                    break;
                case "top_p":
                    TopPFilter.Apply(scores, value.GetSingle(), room, weights);
                    break;
                case "min_p":
                    MinPFilter.Apply(scores, value.GetSingle());
                    break;
                case "repetition_penalty":
                    new TokenHistory(scores.Length, ids).Penalise(scores, value.GetSingle(), 0, 0);
                    break;
                default:
                    TokenHistory history = new(scores.Length, ids.AsSpan(0, promptLength));
                    foreach (int id in ids[promptLength..])
                    {
                        history.AddOutput(id);
                    }

                    history.Penalise(scores, 1, value[0].GetSingle(), value[1].GetSingle());
                    break;
            }
        }
    }

    private static void Set(SamplingOptions options, JsonElement step)
    {
        JsonElement value = step[1];
        switch (step[0].GetString())
        {
            case "temperature":
                options.Temperature = value.GetSingle();
                break;
            case "top_k":
                options.TopK = value.GetInt32();
                break;
            case "top_p":
                options.TopP = value.GetSingle();
                break;
            case "min_p":
                options.MinP = value.GetSingle();
                break;
            case "repetition_penalty":
                options.RepetitionPenalty = value.GetSingle();
                break;
            default:
                options.PresencePenalty = value[0].GetSingle();
                options.FrequencyPenalty = value[1].GetSingle();
                break;
        }
    }

    private static void Compare(JsonElement row, string name, float[] scores)
    {
        string because = $"case {row.GetProperty("id")} {row.GetProperty("logits")} {row.GetProperty("steps")}";
        float max = scores.Max();
        double[] weights = [.. scores.Select(score => Math.Exp(score - max))];
        double total = weights.Sum();

        // A top-p of exactly 1 drops what underflowed to zero in the reference; whether that stays can change no choice.
        const double possible = 1e-30;
        double[] probabilities = [.. row.GetProperty("probs").EnumerateArray().Select(p => p.GetDouble())];
        int[] kept = [.. Enumerable.Range(0, scores.Length).Where(i => weights[i] / total > possible)];
        int[] expectedKept = [.. row.GetProperty("kept").EnumerateArray().Select(id => id.GetInt32()).Where((_, i) => probabilities[i] > possible)];
        double[] expected = [.. probabilities.Where(p => p > possible)];
        double[] actual = [.. kept.Select(id => weights[id] / total)];

        // The reference's sort is unstable: where scores tie, which of them stays is not defined.
        if (name.StartsWith("ties", StringComparison.Ordinal) || name.StartsWith("equal", StringComparison.Ordinal))
        {
            Array.Sort(expected);
            Array.Sort(actual);
        }
        else
        {
            Assert.True(expectedKept.SequenceEqual(kept), because);
        }

        Assert.True(expected.Length == actual.Length, because);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= (2e-5 * expected[i]) + 1e-12, $"{because}: {expected[i]:R} and {actual[i]:R}");
        }
    }

    private static Dictionary<string, float[]> Logits()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures", "sampling", "logits.json")));
        return document.RootElement.EnumerateObject().ToDictionary(
            property => property.Name,
            property => property.Value.EnumerateArray()
                .Select(value => value.ValueKind == JsonValueKind.Null ? float.NegativeInfinity : value.GetSingle()).ToArray());
    }

    private static IEnumerable<JsonElement> Lines(string file)
    {
        using Stream raw = File.OpenRead(SharedData.Require("fixtures", "sampling", file));
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }
}
