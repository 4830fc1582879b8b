using System.Text.Json.Nodes;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Stored = System.Collections.Generic.Dictionary<string, (long[] Shape, float[] Values)>;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Settings that the fixtures do not have, each in a checkpoint that says the same as a fixture in another way: the states must stay.</summary>
public sealed class EncoderVariantsTests
{
    [Fact]
    public void Deberta_with_projections_of_its_own_for_positions() => AssertSame("deberta-v2", config => config["share_att_key"] = false, tensors =>
    {
        foreach (string name in tensors.Keys.Where(name => name.Contains("attention.self.key_proj", StringComparison.Ordinal) || name.Contains("attention.self.query_proj", StringComparison.Ordinal)).ToArray())
        {
            tensors[name.Replace("self.key_", "self.pos_key_", StringComparison.Ordinal).Replace("self.query_", "self.pos_query_", StringComparison.Ordinal)] = tensors[name];
        }
    });

    [Fact]
    public void Deberta_with_a_row_for_each_distance() => AssertSame(
        "deberta-v2",
        config =>
        {
            config["position_buckets"] = -1;
            config["max_relative_positions"] = 64;
        },
        tensors =>
        {
            (long[] shape, float[] values) = tensors["encoder.rel_embeddings.weight"];
            int width = (int)shape[1];
            long[] rows = new DisentangledDescription(new Weight("", shape)) { Buckets = (int)shape[0] / 2, MaxDistance = 64 }.Rows(64);
            tensors["encoder.rel_embeddings.weight"] = ([128, width], [.. rows.Take(128).SelectMany(row => values.AsSpan((int)row * width, width).ToArray())]);
        });

    [Fact]
    public void Deberta_with_learned_positions_and_types_as_well() => AssertSame(
        "deberta-v2",
        config =>
        {
            config["position_biased_input"] = true;
            config["type_vocab_size"] = 2;
        },
        tensors =>
        {
            // Their sum is the same everywhere, and is taken off the words.
            float[] words = [.. tensors["embeddings.word_embeddings.weight"].Values.Select(value => value - 0.75f)];
            tensors["embeddings.word_embeddings.weight"] = (tensors["embeddings.word_embeddings.weight"].Shape, words);
            tensors["embeddings.position_embeddings.weight"] = ([64, 64], [.. Enumerable.Repeat(0.5f, 64 * 64)]);
            tensors["embeddings.token_type_embeddings.weight"] = ([2, 64], [.. Enumerable.Repeat(0.25f, 64), .. Enumerable.Repeat(9f, 64)]);
        });

    [Fact]
    public void T5_with_a_bias_for_each_layer() => AssertSame("t5-encoder", config => config["model_type"] = "umt5", tensors =>
    {
        const string name = "encoder.block.{0}.layer.0.SelfAttention.relative_attention_bias.weight";
        tensors[string.Format(null, name, 1)] = tensors[string.Format(null, name, 0)];
    });

    [Fact]
    public void Albert_with_a_group_for_each_layer() => AssertSame("albert", config => config["num_hidden_groups"] = 3, tensors => Copy(tensors, "albert_layer_groups.0.", "albert_layer_groups.1.", "albert_layer_groups.2."));

    [Fact]
    public void Albert_with_several_layers_in_a_group() => AssertSame(
        "albert",
        config =>
        {
            config["inner_group_num"] = 3;
            config["num_hidden_layers"] = 1;
        },
        tensors => Copy(tensors, "albert_layers.0.", "albert_layers.1.", "albert_layers.2."));

    [Fact]
    public void Electra_with_tables_of_the_hidden_size_has_no_projection() => AssertSame("bert", config => config["model_type"] = "electra", _ => { });

    [Fact]
    public void Bert_with_the_names_of_tensorflow_s_norms() => AssertSame("bert", _ => { }, tensors =>
    {
        foreach (string name in tensors.Keys.Where(name => name.Contains("LayerNorm", StringComparison.Ordinal)).ToArray())
        {
            tensors[name.Replace(".weight", ".gamma", StringComparison.Ordinal).Replace(".bias", ".beta", StringComparison.Ordinal)] = tensors[name];
            tensors.Remove(name);
        }
    });

    private static void Copy(Stored tensors, string from, params string[] to)
    {
        foreach (string name in tensors.Keys.Where(name => name.Contains(from, StringComparison.Ordinal)).ToArray())
        {
            foreach (string other in to)
            {
                tensors[name.Replace(from, other, StringComparison.Ordinal)] = tensors[name];
            }
        }
    }

    private static void AssertSame(string name, Action<JsonObject> edit, Action<Stored> rearrange)
    {
        using EncoderFixture fixture = new(name);
        using TemporaryFolder folder = new();
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(fixture.FolderPath, "config.json")))!.AsObject();
        edit(config);
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(fixture.FolderPath, "model.safetensors")))
        {
            Stored tensors = file.Tensors.ToDictionary(tensor => tensor.Name, tensor => (tensor.Shape.ToArray(), file.ReadSingles(tensor)), StringComparer.Ordinal);
            rearrange(tensors);
            Rag.Tests.Support.SafetensorsWriter.Write(folder.File("model.safetensors"), [.. tensors.Select(tensor => (tensor.Key, tensor.Value.Shape, tensor.Value.Values))]);
        }

        using OnnxEncoder encoder = OnnxEncoder.Load(ModelFolder.Open(folder.FolderPath), new RuntimeOptions { Threads = 1 });
        float[] expected = fixture.Tensor("last_hidden_state");
        float[] actual = new float[expected.Length];
        encoder.Run(fixture.Ids, fixture.Mask, fixture.Rows, fixture.Length, actual);
        int tokens = fixture.Tokens(0) * encoder.HiddenSize;
        float worst = Enumerable.Range(0, tokens).Max(i => Math.Abs(expected[i] - actual[i]));
        Assert.InRange(worst, 0, 1e-4f);
    }
}
