using System.Globalization;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Architectures;
using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Packing;

namespace Rag.Benchmarks.LlamaCpp.GenAi;

/// <summary>
/// A decoder as onnxruntime-genai takes it: the inputs and outputs that its own builder gives a graph, over the weights that this library
/// packed, in a folder with genai_config.json.
/// </summary>
internal static class GenAiModel
{
    private const string WeightsFile = "model.safetensors";

    /// <summary>Writes the folder, anew each time.</summary>
    /// <param name="gguf">The weights, whose four bits stay as they are.</param>
    /// <param name="shape">Their sizes.</param>
    /// <param name="root">Where packed weights are kept.</param>
    /// <param name="target">The folder to write.</param>
    /// <param name="mostTokens">Positions of the cache.</param>
    /// <param name="threads">Threads of a step.</param>
    public static void Write(string gguf, PeerShape shape, string root, string target, int mostTokens, int threads)
    {
        Directory.CreateDirectory(target);
        ModelFolder folder = ModelFolder.Open(gguf);
        using SafetensorsFolder weights = folder.OpenSource();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        using SafetensorsFolder packed = new PackedWeightCache(new PackingOptions(WeightPrecision.Stored, true, root)).Open(folder, network, weights, progress: null, CancellationToken.None);

        // Its external data must lie in the folder of the graph.
        File.Copy(packed.FilePaths.Single(), Path.Combine(target, WeightsFile), overwrite: true);
        File.WriteAllBytes(Path.Combine(target, "model.onnx"), Graph(network, packed, mostTokens));
        File.WriteAllText(Path.Combine(target, "genai_config.json"), Configuration(network, shape, mostTokens, threads));
    }

    private static byte[] Graph(NetworkDescription network, SafetensorsFolder packed, int mostTokens)
    {
        OnnxGraphBuilder graph = new();
        WeightWriter weights = new(graph, packed, null, network.Storage, new PackedFile(packed, accuracyLevel: 4), network.Rounding);
        string ids = graph.Input("input_ids", OnnxDataType.Int64, "batch", "sequence");
        string mask = graph.Input("attention_mask", OnnxDataType.Int64, "batch", "total");
        string count = graph.Node("ReduceSum", [mask, graph.Constant([1L], 1)], new OnnxAttribute("keepdims", 0));
        string last = graph.Cast(graph.Node("Sub", [count, graph.Constant([1L])]), OnnxDataType.Int32);
        string total = graph.Cast(graph.Node("Gather", [graph.Node("Shape", [mask]), graph.Constant([1L])]), OnnxDataType.Int32);
        (string cosine, string sine) = Rotary(graph, network.Ropes[0], mostTokens);
        ResidualWriter residual = new(graph, weights, new EmbeddingWriter(graph, weights).Write(network.Embedding, ids));
        FeedForwardWriter feedForward = new(graph, weights);
        for (int i = 0; i < network.Layers.Count; i++)
        {
            LayerDescription layer = network.Layers[i];
            AttentionDescription attention = (AttentionDescription)layer.Mixer;
            string x = residual.Normalized(layer.MixerNorm);
            string[] names = [Numbered("key", i), Numbered("value", i)];
            OnnxDimension[] cache = ["batch", attention.KeyValueHeads, "capacity", attention.HeadSize];
            Array.ForEach(names, name => graph.Input("past_key_values." + name, OnnxDataType.Float32, cache));
            string attended = Numbered("attention", i);
            graph.AddNode(
                attended,
                "GroupQueryAttention",
                OnnxGraphBuilder.MicrosoftDomain,
                [weights.Linear(x, attention.Query), weights.Linear(x, attention.Key), weights.Linear(x, attention.Value), "past_key_values." + names[0], "past_key_values." + names[1], last, total, cosine, sine],
                [attended, "present." + names[0], "present." + names[1]],
                new OnnxAttribute("num_heads", attention.Heads),
                new OnnxAttribute("kv_num_heads", attention.KeyValueHeads),
                new OnnxAttribute("scale", attention.Scale),
                new OnnxAttribute("do_rotary", 1),
                new OnnxAttribute("rotary_interleaved", network.Ropes[0].Interleaved ? 1 : 0));
            Array.ForEach(names, name => graph.Output("present." + name, OnnxDataType.Float32, cache));
            residual.Add(new BlockOutput(attended, attention.Output));
            residual.Add(feedForward.Write(layer.Mlp!, residual.Normalized(layer.MlpNorm)));
        }

        // Logits of the last token alone, as here and in llama.cpp.
        string final = graph.Node("Gather", [residual.Normalized(network.FinalNorm), graph.Constant([-1L], 1)], new OnnxAttribute("axis", 1));
        graph.AddNode("logits", "Identity", string.Empty, [weights.Linear(final, network.Head!)], ["logits"]);
        graph.Output("logits", OnnxDataType.Float32, "batch", 1, network.VocabularySize);
        return graph.ToModel("peer");
    }

    private static (string Cosine, string Sine) Rotary(OnnxGraphBuilder graph, RopeDescription rope, int positions)
    {
        int pairs = rope.InverseFrequencies.Length;
        float[] angles = [.. Enumerable.Range(0, positions * pairs).Select(i => i / pairs * rope.InverseFrequencies[i % pairs])];
        return (graph.Constant([.. angles.Select(MathF.Cos)], positions, pairs), graph.Constant([.. angles.Select(MathF.Sin)], positions, pairs));
    }

    private static string Configuration(NetworkDescription network, PeerShape shape, int mostTokens, int threads) => JsonSerializer.Serialize(new
    {
        model = new
        {
            type = shape.Architecture,
            bos_token_id = 1,
            eos_token_id = 0,
            pad_token_id = 0,
            context_length = mostTokens,
            vocab_size = network.VocabularySize,
            decoder = new
            {
                filename = "model.onnx",
                session_options = new { log_id = "onnxruntime-genai", intra_op_num_threads = threads, provider_options = Array.Empty<object>() },
                head_size = shape.HeadSize,
                hidden_size = shape.Hidden,
                num_attention_heads = shape.Heads,
                num_hidden_layers = shape.Layers,
                num_key_value_heads = shape.KeyValueHeads,
                inputs = new { input_ids = "input_ids", attention_mask = "attention_mask", past_key_names = "past_key_values.%d.key", past_value_names = "past_key_values.%d.value" },
                outputs = new { logits = "logits", present_key_names = "present.%d.key", present_value_names = "present.%d.value" },
            },
        },
        search = new { do_sample = false, max_length = mostTokens, min_length = 0, num_beams = 1, past_present_share_buffer = true, top_k = 1 },
    });

    private static string Numbered(string name, int layer) => string.Create(CultureInfo.InvariantCulture, $"{layer}.{name}");
}
