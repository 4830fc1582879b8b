using System.Globalization;
using System.Text.Json.Nodes;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using SafetensorsWriter = Rag.Tests.Support.SafetensorsWriter;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>
/// In every family, an adapter for all its linear layers, fused and transposed ones too, gives what a checkpoint gives whose
/// weights the adapter was added to.
/// </summary>
public sealed class AdapterFamiliesTests : IDisposable
{
    private const string Prefix = "base_model.model.";
    private const int Rank = 2;
    private const int OtherRank = 3;
    private readonly TemporaryFolder _folder = new();

    /// <summary>Every folder with weights that a matrix can be added to.</summary>
    public static TheoryData<string> Names =>
    [
        .. DecoderFixture.Names().Select(row => row.Data).Where(name =>
            SharedData.Find("fixtures", "models", name) is not { } folder || !File.ReadAllText(Path.Combine(folder, "config.json")).Contains("quantization_config", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_adapter_gives_the_logits_of_the_weights_that_it_was_merged_into(string name)
    {
        string source = SharedData.Require("fixtures", "models", name);
        ModelFolder folder = ModelFolder.Open(source);
        ModelGraph graph = ModelGraph.Write(folder, AdapterTargets.All);
        string adapterFolder = Directory.CreateDirectory(_folder.File("adapter")).FullName;
        string merged = Directory.CreateDirectory(_folder.File("merged")).FullName;
        File.Copy(Path.Combine(source, "config.json"), Path.Combine(merged, "config.json"));
        using (SafetensorsFolder weights = folder.OpenWeights())
        {
            Write(weights, graph, adapterFolder, merged);
        }

        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1 }, AdapterTargets.All);
        using OnnxDecoderModel other = OnnxDecoderModel.Load(ModelFolder.Open(merged), new RuntimeOptions { Threads = 1 });
        using OnnxDecoderModel plain = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1 });
        using DecoderAdapter adapter = model.LoadAdapter(adapterFolder);
        float[] expected = Logits(other.CreateSession());
        float[] without = Logits(plain.CreateSession());
        Close(without, Logits(model.CreateSession()));
        Close(expected, Logits(model.CreateSession(adapter)));
        Assert.True(expected.Zip(without).Max(pair => Math.Abs(pair.First - pair.Second)) > .05f, "The adapter changes nothing that could be seen.");
    }

    public void Dispose() => _folder.Dispose();

    private static void Write(SafetensorsFolder weights, ModelGraph graph, string adapterFolder, string mergedFolder)
    {
        Random random = new(7);
        List<(string, long[], float[])> adapter = [];
        List<(string, long[], float[])> merged = [];
        JsonObject ranks = [];
        JsonObject alphas = [];
        Dictionary<string, LowRankLayer> layers = graph.Adaptable.ToDictionary(layer => layer.Module + ".weight", StringComparer.Ordinal);
        HashSet<string> transposed = [.. graph.Network.Layers.Select(layer => layer.Mlp).OfType<MlpDescription>().SelectMany(mlp => (Weight[])[mlp.Up.Weight, mlp.Down.Weight])
            .Concat(graph.Network.Layers.SelectMany(layer => layer.Mixer is AttentionDescription attention ? (Weight[])[attention.Query.Weight, attention.Output.Weight] : []))
            .Where(weight => weight.Transposed).Select(weight => weight.Name)];

        // Every projection of the model itself but those of experts.
        Assert.Empty(weights.Names.Where(name => name.EndsWith("_proj.weight", StringComparison.Ordinal) && !name.Contains(".experts.", StringComparison.Ordinal)
            && int.Parse(name.Split('.').First(part => char.IsAsciiDigit(part[0])), CultureInfo.InvariantCulture) < graph.Network.Layers.Count).Except(layers.Keys));
        Assert.All(graph.Network.Layers.Select(layer => layer.Mlp).OfType<MoeDescription>(), moe => Assert.Contains(moe.Router.Logits.Weight.Name, layers.Keys));
        foreach (string name in weights.Names)
        {
            float[] values = weights.ReadSingles(name);
            if (layers.TryGetValue(name, out LowRankLayer? layer))
            {
                int rank = adapter.Count % 4 == 0 ? OtherRank : Rank;
                float[] down = Numbers(random, rank * layer.Inputs, 1 / MathF.Sqrt(layer.Inputs));
                float[] up = Numbers(random, layer.Outputs * rank, .1f);
                string module = layer.Module.StartsWith("h.", StringComparison.Ordinal) ? "transformer." + layer.Module : layer.Module;
                adapter.Add(($"{Prefix}{module}.lora_A.weight", [rank, layer.Inputs], down));
                adapter.Add(($"{Prefix}{module}.lora_B.weight", [layer.Outputs, rank], up));
                if (rank == OtherRank)
                {
                    ranks.Add(module, rank);
                    alphas.Add(module, 2 * rank);
                }

                Merge(values, down, up, layer, rank, scale: rank == OtherRank ? 2 : 1.5f, transposed.Contains(name));
            }

            merged.Add((name, [.. weights.Find(name)!.Shape], values));
        }

        // A head that shares the table of embeddings has weights of its own once something was added to it.
        if (layers.TryGetValue("lm_head.weight", out LowRankLayer? head) && weights.Find("lm_head.weight") is null)
        {
            float[] values = weights.ReadSingles(graph.Network.Embedding.Tokens.Name);
            float[] down = Numbers(random, Rank * head.Inputs, 1 / MathF.Sqrt(head.Inputs));
            float[] up = Numbers(random, head.Outputs * Rank, .1f);
            adapter.Add(($"{Prefix}lm_head.lora_A.weight", [Rank, head.Inputs], down));
            adapter.Add(($"{Prefix}lm_head.lora_B.weight", [head.Outputs, Rank], up));
            Merge(values, down, up, head, Rank, scale: 1.5f, transposed: false);
            merged.Add(("lm_head.weight", [head.Outputs, head.Inputs], values));
            string path = Path.Combine(mergedFolder, "config.json");
            JsonNode untied = JsonNode.Parse(File.ReadAllText(path))!;
            untied["tie_word_embeddings"] = false;
            File.WriteAllText(path, untied.ToJsonString());
        }

        SafetensorsWriter.Write(Path.Combine(mergedFolder, "model.safetensors"), merged);
        SafetensorsWriter.Write(Path.Combine(adapterFolder, "adapter_model.safetensors"), adapter);
        JsonObject config = new() { ["peft_type"] = "LORA", ["r"] = Rank, ["lora_alpha"] = 3, ["rank_pattern"] = ranks, ["alpha_pattern"] = alphas };
        File.WriteAllText(Path.Combine(adapterFolder, "adapter_config.json"), config.ToJsonString());
    }

    private static void Merge(float[] values, float[] down, float[] up, LowRankLayer layer, int rank, float scale, bool transposed)
    {
        for (long row = 0; row < layer.Outputs; row++)
        {
            for (long column = 0; column < layer.Inputs; column++)
            {
                float sum = 0;
                for (int i = 0; i < rank; i++)
                {
                    sum += up[(row * rank) + i] * down[(i * layer.Inputs) + column];
                }

                values[transposed ? (column * layer.Outputs) + row : (row * layer.Inputs) + column] += scale * sum;
            }
        }
    }

    private static float[] Numbers(Random random, long count, float scale) => [.. Enumerable.Range(0, (int)count).Select(_ => scale * ((2 * random.NextSingle()) - 1))];

    private static float[] Logits(IDecoderSession session)
    {
        using (session)
        {
            int[] ids = [.. Enumerable.Range(0, 24).Select(i => ((i * 37) + 11) % session.VocabularySize)];
            float[] logits = new float[ids.Length * session.VocabularySize];
            session.AppendAll(ids, logits);
            return logits;
        }
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(worst <= 1e-4f, string.Create(CultureInfo.InvariantCulture, $"The largest difference is {worst}."));
    }
}
