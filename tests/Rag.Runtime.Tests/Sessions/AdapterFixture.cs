using System.Text.Json;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>A folder of reference logits with adapters beside it, loaded for every adapter.</summary>
internal sealed class AdapterFixture : IDisposable
{
    private readonly JsonDocument _expected;
    private readonly SafetensorsFile _tensors;

    public AdapterFixture(string name)
    {
        FolderPath = SharedData.Require("fixtures", "models", name);
        _expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(FolderPath, "expected.json")));
        _tensors = SafetensorsFile.Open(Path.Combine(FolderPath, "expected.safetensors"));
        Model = OnnxDecoderModel.Load(ModelFolder.Open(FolderPath), new RuntimeOptions { Threads = 1 }, AdapterTargets.All);
    }

    public string FolderPath { get; }

    public OnnxDecoderModel Model { get; }

    public static IEnumerable<string> Names(string name) => SharedData.Find("fixtures", "models", name) is { } folder
        ? Directory.EnumerateDirectories(folder).Where(path => File.Exists(Path.Combine(path, "adapter_config.json"))).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The cases of an adapter, or of the base model where the name is empty.</summary>
    public JsonElement Cases(string adapter) => adapter.Length == 0
        ? _expected.RootElement.GetProperty("cases")
        : _expected.RootElement.GetProperty("adapters").GetProperty(adapter).GetProperty("cases");

    public DecoderAdapter? Load(string adapter) => adapter.Length == 0 ? null : Model.LoadAdapter(Path.Combine(FolderPath, adapter));

    public float[] Tensor(JsonElement test, string key = "logits") => _tensors.ReadSingles(_tensors.Require(test.GetProperty(key).GetString()!));

    public void Dispose()
    {
        Model.Dispose();
        _tensors.Dispose();
        _expected.Dispose();
    }
}
