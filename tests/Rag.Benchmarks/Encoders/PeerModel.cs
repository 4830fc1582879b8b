using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Models;

namespace Rag.Benchmarks.Encoders;

/// <summary>A BERT sentence encoder in the folder form that transformers.js reads.</summary>
internal static class PeerModel
{
    /// <summary>Writes the folder, with the model in single precision and in the eight bits of ONNX Runtime's dynamic quantiser.</summary>
    public static void Write(string model, string destination)
    {
        Directory.CreateDirectory(Path.Combine(destination, "onnx"));
        foreach (string name in (string[])["config.json", "tokenizer.json", "special_tokens_map.json"])
        {
            if (File.Exists(Path.Combine(model, name)))
            {
                File.WriteAllBytes(Path.Combine(destination, name), File.ReadAllBytes(Path.Combine(model, name)));
            }
        }

        ModelFolder folder = ModelFolder.Open(model);
        JsonNode tokenizer = JsonNode.Parse(File.ReadAllText(Path.Combine(model, "tokenizer_config.json")))!;
        tokenizer["model_max_length"] = folder.SentenceTransformer?.MaxSequenceLength ?? folder.Tokenizer.ModelMaxLength ?? 512;
        File.WriteAllText(Path.Combine(destination, "tokenizer_config.json"), tokenizer.ToJsonString(JsonSerializerOptions.Default));
        File.WriteAllBytes(Path.Combine(destination, "onnx", "model.onnx"), PlainBert.Export(folder, quantized: false));
        File.WriteAllBytes(Path.Combine(destination, "onnx", "model_quantized.onnx"), PlainBert.Export(folder, quantized: true));
    }
}
