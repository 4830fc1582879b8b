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

    /// <summary>Every folder that is there: a family that cannot be loaded is a failure.</summary>
    public static TheoryData<string> Names()
    {
        string[] names = SharedData.Find("fixtures", "models") is { } root
            ? [.. Directory.EnumerateDirectories(root)
                .Where(folder => File.Exists(Path.Combine(folder, "expected.json")))
                .Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)]
            : [];

        // A theory without data is a failure; a name that is absent skips with its reason.
        return names.Length == 0 ? ["llama_gqa"] : [.. names];
    }

    public float[] Tensor(string name) => _tensors.ReadSingles(_tensors.Require(name));

    public static int[] Ids(JsonElement element, string key = "input_ids") => [.. element.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    public void Dispose()
    {
        Model.Dispose();
        _tensors.Dispose();
        _expected.Dispose();
    }
}
