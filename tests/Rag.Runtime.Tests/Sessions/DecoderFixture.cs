using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>One folder of reference logits, as its README describes it.</summary>
internal sealed class DecoderFixture : IDisposable
{
    private readonly JsonDocument _expected;
    private readonly SafetensorsFile _tensors;

    public DecoderFixture(string name)
    {
        FolderPath = SharedData.Require("fixtures", "models", name);
        _expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(FolderPath, "expected.json")));
        _tensors = SafetensorsFile.Open(Path.Combine(FolderPath, "expected.safetensors"));
        Model = OnnxDecoderModel.Load(ModelFolder.Open(FolderPath), new RuntimeOptions { Threads = 1 });
    }

    public string FolderPath { get; }

    public OnnxDecoderModel Model { get; }

    public JsonElement Cases => _expected.RootElement.GetProperty("cases");

    /// <summary>The folders whose configuration this build says that it supports, and those named even if it does not.</summary>
    public static TheoryData<string> Names(params string[] named)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        if (SharedData.Find("fixtures", "models") is { } root)
        {
            names.UnionWith(named.Where(name => Directory.Exists(Path.Combine(root, name))));
            names.UnionWith(Directory.EnumerateDirectories(root).Where(IsSupported).Select(folder => Path.GetFileName(folder)));
        }

        // A theory without data is a failure; a name that is absent skips with its reason.
        return names.Count == 0 ? [.. named] : [.. names];
    }

    public float[] Tensor(string name) => _tensors.ReadSingles(_tensors.Require(name));

    public static int[] Ids(JsonElement element, string key = "input_ids") => [.. element.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    public void Dispose()
    {
        Model.Dispose();
        _tensors.Dispose();
        _expected.Dispose();
    }

    private static bool IsSupported(string folder)
    {
        string path = Path.Combine(folder, "config.json");
        if (!File.Exists(path) || !File.Exists(Path.Combine(folder, "expected.json")))
        {
            return false;
        }

        string text = File.ReadAllText(path).Replace("Infinity", "0", StringComparison.Ordinal);
        using JsonDocument config = JsonDocument.Parse(text);
        JsonElement root = config.RootElement;
        bool quantized = root.TryGetProperty("quantization_config", out _);
        JsonElement rope = root.TryGetProperty("rope_parameters", out JsonElement v5) ? v5 : root.TryGetProperty("rope_scaling", out JsonElement classic) ? classic : default;
        string? type = rope.ValueKind != JsonValueKind.Object ? "default"
            : rope.TryGetProperty("rope_type", out JsonElement named) || rope.TryGetProperty("type", out named) ? named.GetString() : "default";
        return root.GetProperty("model_type").GetString() == "llama" && !quantized && type is ("default" or "linear" or "llama3");
    }
}
