using System.Globalization;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Graphs;

namespace Rag.Runtime.Tests.Generation;

/// <summary>An adapter of random weights that changes every layer of a model.</summary>
internal static class TinyAdapter
{
    /// <summary>Writes it into a folder of its own inside of the model's.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="seed">Of the weights, and their rank.</param>
    /// <returns>The adapter's folder.</returns>
    public static string Write(string model, int seed)
    {
        string folder = Directory.CreateDirectory(Path.Combine(model, "adapter" + seed.ToString(CultureInfo.InvariantCulture))).FullName;
        Random random = new(seed);
        List<(string, long[], float[])> tensors = [];
        foreach (LowRankLayer layer in ModelGraph.Write(ModelFolder.Open(model), AdapterTargets.All).Adaptable)
        {
            tensors.Add(($"base_model.model.{layer.Module}.lora_A.weight", [seed, layer.Inputs], Numbers(random, seed * layer.Inputs)));
            tensors.Add(($"base_model.model.{layer.Module}.lora_B.weight", [layer.Outputs, seed], Numbers(random, seed * layer.Outputs)));
        }

        Rag.Tests.Support.SafetensorsWriter.Write(Path.Combine(folder, "adapter_model.safetensors"), tensors);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), JsonSerializer.Serialize(new { peft_type = "LORA", r = seed, lora_alpha = 4 * seed }));
        return folder;
    }

    private static float[] Numbers(Random random, long count) => [.. Enumerable.Range(0, (int)count).Select(_ => (2 * random.NextSingle()) - 1)];
}
