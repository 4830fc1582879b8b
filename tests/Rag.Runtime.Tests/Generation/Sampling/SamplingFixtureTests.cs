using System.IO.Compression;
using System.Text.Json;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Sampling.Rules;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Sampling;

/// <summary>The rules against the reference outputs of transformers.</summary>
public sealed class SamplingFixtureTests
{
    [Fact]
    public void Every_rule_and_combination_equals_the_reference()
    {
        Dictionary<string, float[]> logits = Logits();
        int compared = 0;
        foreach (JsonElement row in Lines("processors.jsonl.gz"))
        {
            string name = row.GetProperty("logits").GetString()!;
            float[] scores = [.. logits[name]];
            int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            int promptLength = row.GetProperty("prompt_len").GetInt32();
            using SamplingBuffers buffers = new(scores.Length);
            foreach (JsonElement step in row.GetProperty("steps").EnumerateArray())
            {
                ReferenceStep.Rule(step).Apply(new SamplingStep(scores, ids, promptLength, buffers));
            }

            Compare(row, name, scores);
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void The_sampler_applies_the_rules_in_the_order_of_transformers()
    {
        Dictionary<string, float[]> logits = Logits();
        HashSet<string> combinations = [];
        foreach (JsonElement row in Lines("processors.jsonl.gz"))
        {
            JsonElement[] steps = [.. row.GetProperty("steps").EnumerateArray()];
            if (steps.Length < 2)
            {
                continue;
            }

            SamplingOptions options = new() { Temperature = 1 };
            List<int> stops = [];
            foreach (JsonElement step in steps)
            {
                ReferenceStep.Set(options, stops, step);
            }

            options.Validate();
            string name = row.GetProperty("logits").GetString()!;
            float[] scores = [.. logits[name]];
            int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            int promptLength = row.GetProperty("prompt_len").GetInt32();
            using Sampler sampler = new(options, 1, scores.Length, ids.AsSpan(0, promptLength), stops);
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
            combinations.Add(string.Join(' ', steps.Select(step => step[0].GetString())));
        }

        Assert.True(combinations.Count > 3);
    }

    [Fact]
    public void Log_probabilities_equal_the_reference_and_ties_go_by_the_lower_id()
    {
        Dictionary<string, float[]> logits = Logits();
        int compared = 0;
        foreach (JsonElement row in Lines("logprobs.jsonl"))
        {
            float[] scores = logits[row.GetProperty("logits").GetString()!];
            float[] weights = new float[scores.Length];
            int[] expectedIds = [.. row.GetProperty("top_ids").EnumerateArray().Select(id => id.GetInt32())];
            double[] expected = [.. row.GetProperty("top_logprobs").EnumerateArray().Select(value => value.GetDouble())];
            LogProbabilityLog log = new(row.GetProperty("n").GetInt32(), id => $"<{id}>");
            log.Add(scores, expectedIds[^1], weights);
            ChosenToken token = Assert.Single(log.Take()!.Tokens);
            Assert.Null(log.Take());
            Assert.Equal(expectedIds, token.Top.Select(candidate => candidate.Id));
            Assert.Equal(token.Top[^1], token.Token);
            Assert.Equal($"<{expectedIds[0]}>", token.Top[0].Text);
            Assert.All(token.Top.Zip(expected), pair => Close(pair.Second, pair.First.LogProbability, 1e-4, row));
            (double logTotal, double entropy) = Softmax.Entropy(scores, weights);
            Close(row.GetProperty("logsumexp").GetDouble(), logTotal, 1e-5, row);
            Close(row.GetProperty("entropy_nats").GetDouble(), entropy, 1e-5, row);
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

    private static void Close(double expected, double actual, double tolerance, JsonElement row) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{expected:R} and {actual:R} of {row.GetProperty("logits")}");

    private static void Compare(JsonElement row, string name, float[] scores)
    {
        string because = $"case {row.GetProperty("id")} {row.GetProperty("logits")} {row.GetProperty("steps")}";
        float max = scores.Max();
        double[] weights = [.. scores.Select(score => Math.Exp(score - max))];
        double total = weights.Sum();

        // Probabilities do not tell what all scores have in common; the rules that add to scores must be right there too.
        JsonElement[] expectedScores = [.. row.GetProperty("scores").EnumerateArray()];
        double highest = expectedScores.Max(value => value.GetDouble());
        Assert.True(Math.Abs(highest - max) <= 2e-5 * Math.Max(1, Math.Abs(highest)), $"{because}: {highest:R} and {max:R}");

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
