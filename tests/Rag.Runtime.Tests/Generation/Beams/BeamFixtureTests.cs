using System.Text.Json;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Beams;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Beams;

/// <summary>Beam search and greedy decoding over a real graph against the reference outputs of transformers.</summary>
public sealed class BeamFixtureTests : IDisposable
{
    private readonly TinyGpt2 _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Logits_equal_the_reference()
    {
        int compared = 0;
        foreach (JsonElement row in Rows("logits"))
        {
            using IDecoderSession session = _model.Model.CreateSession();
            float[] logits = session.Append(Ids(row.GetProperty("prompt"))).ToArray();
            float[] expected = [.. row.GetProperty("last_logits").EnumerateArray().Select(value => value.GetSingle())];
            Assert.Equal(expected.Length, logits.Length);
            Assert.All(expected.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void Greedy_sequences_equal_the_reference()
    {
        int compared = 0;
        foreach (JsonElement row in Rows("generate").Where(row => Beams(row) == 1))
        {
            int[] prompt = Ids(row.GetProperty("prompt"));
            HashSet<int> stops = [_model.StopToken];
            using CachedSession session = new(_model.Model.CreateSession());
            using Sampler sampler = new(new SamplingOptions(), 0, session.VocabularySize, prompt);
            TokenGenerator generator = new(session, prompt, sampler, stops, row.GetProperty("max_new_tokens").GetInt32());
            List<int> output = [];
            while (generator.TryNext(out int token, default))
            {
                output.Add(token);
            }

            if (generator.End == GenerationEnd.Stop)
            {
                output.Add(_model.StopToken);
            }

            Assert.Equal(Expected(row, stops)[0], output);
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void Beam_search_equals_the_reference_in_sequences_and_scores(int sessions)
    {
        HashSet<string> kinds = [];
        foreach (JsonElement row in Rows("generate").Where(row => Beams(row) > 1))
        {
            string because = $"{row.GetProperty("prompt")} {row.GetProperty("max_new_tokens")} {row.GetProperty("params")}";
            BeamSearchOptions options = Options(row, _model.StopToken);
            options.MaxSessions = sessions;
            int open = 0;
            int opened = 0;
            IReadOnlyList<BeamSequence> found = BeamSearch.Run(Create, Ids(row.GetProperty("prompt")), options, TestContext.Current.CancellationToken);
            Assert.Equal(0, open);
            Assert.InRange(opened, 1, sessions);
            List<int[]> expected = Expected(row, [.. options.StopTokens]);
            Assert.True(expected.Count == found.Count, because);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.True(expected[i].SequenceEqual(found[i].Tokens), $"{because}, sequence {i}: {string.Join(',', expected[i])} and {string.Join(',', found[i].Tokens)}");
                double score = row.GetProperty("scores")[i].GetDouble();
                Assert.True(Math.Abs(score - found[i].Score) <= 1e-4 * Math.Max(1, Math.Abs(score)), $"{because}, score {i}: {score} and {found[i].Score}");
                Assert.Equal(options.StopTokens.Contains(found[i].Tokens[^1]) ? BeamEnd.Stop : BeamEnd.Length, found[i].End);
            }

            kinds.Add(row.GetProperty("params").GetRawText());

            IDecoderSession Create()
            {
                open++;
                opened++;
                return new CountedSession(_model.Model.CreateSession(), () => open--);
            }
        }

        Assert.True(kinds.Count > 3);
    }

    private static BeamSearchOptions Options(JsonElement row, int stopToken)
    {
        BeamSearchOptions options = new() { MaxOutputTokens = row.GetProperty("max_new_tokens").GetInt32(), StopTokens = [stopToken] };
        foreach (JsonProperty setting in row.GetProperty("params").EnumerateObject())
        {
            switch (setting.Name)
            {
                case "num_beams": options.Beams = setting.Value.GetInt32(); break;
                case "length_penalty": options.LengthPenalty = setting.Value.GetSingle(); break;
                case "early_stopping":
                    options.Stopping = setting.Value.ValueKind switch
                    {
                        JsonValueKind.True => BeamStopping.Early,
                        JsonValueKind.False => BeamStopping.Estimated,
                        _ => BeamStopping.Never,
                    };
                    break;
                case "no_repeat_ngram_size": options.Sampling.NoRepeatNgramSize = setting.Value.GetInt32(); break;
                case "repetition_penalty": options.Sampling.RepetitionPenalty = setting.Value.GetSingle(); break;
                case "min_new_tokens": options.Sampling.MinOutputTokens = setting.Value.GetInt32(); break;
                case "eos_token_id": options.StopTokens = Ids(setting.Value); break;
                default: throw new InvalidOperationException($"The reference has a setting that the tests do not know: {setting.Name}.");
            }
        }

        return options;
    }

    /// <summary>The outputs without the prompt and without what pads them after a stop token.</summary>
    private static List<int[]> Expected(JsonElement row, HashSet<int> stops)
    {
        int prompt = row.GetProperty("prompt").GetArrayLength();
        return [.. row.GetProperty("sequences").EnumerateArray().Select(sequence =>
        {
            int[] output = Ids(sequence)[prompt..];
            int stop = Array.FindIndex(output, stops.Contains);
            return stop < 0 ? output : output[..(stop + 1)];
        })];
    }

    private static int Beams(JsonElement row) => row.GetProperty("params").GetProperty("num_beams").GetInt32();

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];

    private static IEnumerable<JsonElement> Rows(string kind)
    {
        foreach (string line in File.ReadLines(SharedData.Require("fixtures", "sampling", "beam.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.GetProperty("kind").GetString() == kind)
            {
                yield return document.RootElement.Clone();
            }
        }
    }
}
