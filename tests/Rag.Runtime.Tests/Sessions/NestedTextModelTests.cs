using System.Text.Json.Nodes;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using SafetensorsWriter = Rag.Tests.Support.SafetensorsWriter;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>A text model that is one part of several: its settings in "text_config", its tensors beside those of images.</summary>
public sealed class NestedTextModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("language_model.model.", false)]
    [InlineData("model.language_model.", false)]
    [InlineData("language_model.model.", true)]
    public void The_text_part_gives_the_logits_of_the_text_model(string prefix, bool untied)
    {
        string source = SharedData.Require("fixtures", "models", "gemma3_text");
        JsonObject text = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!.AsObject();
        List<(string, long[], float[])> tensors = [("vision_tower.embeddings.weight", [2, 2], new float[4])];
        using (SafetensorsFolder weights = SafetensorsFolder.Open(source))
        {
            foreach (string name in weights.Names)
            {
                tensors.Add((name.Replace("model.", prefix, StringComparison.Ordinal), [.. weights.Find(name)!.Shape], weights.ReadSingles(name)));
            }

            if (untied)
            {
                text["tie_word_embeddings"] = false;
                tensors.Add(("language_model.lm_head.weight", [.. weights.Find("model.embed_tokens.weight")!.Shape], weights.ReadSingles("model.embed_tokens.weight")));
            }
        }

        // Settings with their defaults are left out, as published checkpoints leave them out.
        foreach ((string key, JsonNode value) in (IEnumerable<(string, JsonNode)>)[("rms_norm_eps", 1e-6), ("head_dim", 256), ("num_attention_heads", 8)])
        {
            if (JsonNode.DeepEquals(text[key], value))
            {
                text.Remove(key);
            }
        }

        SafetensorsWriter.Write(_folder.File("model.safetensors"), tensors);
        File.WriteAllText(_folder.File("config.json"), new JsonObject { ["model_type"] = "gemma3", ["eos_token_id"] = 1, ["text_config"] = text, ["vision_config"] = new JsonObject() }.ToJsonString());
        Assert.Equal(Logits(source), Logits(_folder.FolderPath));

        File.WriteAllText(_folder.File("config.json"), """{"model_type":"gemma3"}""");
        Assert.Contains("text_config", Assert.Throws<CorruptException>(() => Logits(_folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static float[] Logits(string folder)
    {
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder), new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        int[] ids = [.. Enumerable.Range(0, 90).Select(i => ((i * 37) + 5) % 300)];
        float[] logits = new float[ids.Length * model.VocabularySize];
        session.AppendAll(ids, logits);
        return logits;
    }
}
