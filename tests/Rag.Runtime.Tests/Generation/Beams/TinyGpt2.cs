using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Models;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Beams;

/// <summary>The random GPT-2 of the sampling reference, written as a model folder and loaded.</summary>
internal sealed class TinyGpt2 : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyGpt2()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures", "sampling", "tiny_gpt2.json")));
        JsonElement config = document.RootElement.GetProperty("config");
        JsonObject written = new()
        {
            ["model_type"] = "gpt2",
            ["architectures"] = new JsonArray("GPT2LMHeadModel"),
            ["activation_function"] = config.GetProperty("activation").GetString(),
            ["tie_word_embeddings"] = true,
            ["torch_dtype"] = "float32",
            ["bos_token_id"] = config.GetProperty("bos").GetInt32(),
            ["eos_token_id"] = config.GetProperty("eos").GetInt32(),
            ["layer_norm_epsilon"] = config.GetProperty("layer_norm_epsilon").GetDouble(),
        };
        foreach (string name in (string[])["vocab_size", "n_positions", "n_embd", "n_layer", "n_head"])
        {
            written[name] = config.GetProperty(name).GetInt32();
        }

        File.WriteAllText(Path.Combine(_folder.FolderPath, "config.json"), written.ToJsonString());
        List<(string Name, long[] Shape, float[] Values)> tensors =
        [
            .. document.RootElement.GetProperty("weights").EnumerateObject().Select(tensor => (
                tensor.Name,
                tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray(),
                tensor.Value.GetProperty("data").EnumerateArray().Select(value => value.GetSingle()).ToArray())),
        ];

        // The reference leaves out biases of zeros.
        foreach ((string name, long[] shape, _) in tensors.Where(tensor => tensor.Shape.Length == 2 && tensor.Name.Contains(".h.", StringComparison.Ordinal)).ToList())
        {
            string bias = name.Replace(".weight", ".bias", StringComparison.Ordinal);
            if (!tensors.Any(tensor => tensor.Name == bias))
            {
                tensors.Add((bias, [shape[1]], new float[shape[1]]));
            }
        }

        SafetensorsWriter.Write(Path.Combine(_folder.FolderPath, "model.safetensors"), tensors);
        Model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        StopToken = config.GetProperty("eos").GetInt32();
    }

    public OnnxDecoderModel Model { get; }

    public int StopToken { get; }

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
