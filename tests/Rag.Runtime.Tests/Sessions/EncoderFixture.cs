using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>One folder of an encoder's reference outputs, as its README describes it.</summary>
internal sealed class EncoderFixture : IDisposable
{
    private readonly JsonDocument _expected;
    private readonly SafetensorsFile _tensors;

    public EncoderFixture(string name)
    {
        FolderPath = SharedData.Require("fixtures", "encoders", name);
        Folder = ModelFolder.Open(FolderPath);
        _expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(FolderPath, "expected.json")));
        _tensors = SafetensorsFile.Open(Path.Combine(FolderPath, "expected.safetensors"));
        IReadOnlyList<long> shape = _tensors.Require("input_ids").Shape;
        (Rows, Length) = ((int)shape[0], (int)shape[1]);
        Ids = Integers("input_ids");
        Mask = Integers("attention_mask");
    }

    public string FolderPath { get; }

    public ModelFolder Folder { get; }

    public int Rows { get; }

    /// <summary>Tokens of a row, padding included.</summary>
    public int Length { get; }

    public long[] Ids { get; }

    public long[] Mask { get; }

    public JsonElement Expected => _expected.RootElement;

    public string[] Texts => [.. Expected.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];

    /// <summary>
    /// Every folder that is there whose reference has the hidden states of a body; those that have the outputs of a head alone
    /// are compared where heads are.
    /// </summary>
    public static TheoryData<string> Names() => Folders("expected.safetensors", "last_hidden_state", absent: "bert");

    /// <summary>The folders with the sentence vectors of prompted texts.</summary>
    public static TheoryData<string> PromptedNames() => Folders("expected-prompts.safetensors", null, absent: "xlm-roberta");

    /// <summary>The folders with text and the outputs of a head alone; their bodies must load.</summary>
    public static TheoryData<string> HeadNames()
    {
        string[] found = [.. Directories().Where(folder => File.Exists(Path.Combine(folder, "tokenizer.json")) && !Has(folder, "expected.safetensors", "last_hidden_state")).Select(folder => Path.GetFileName(folder))];
        return found.Length > 0 ? [.. found] : ["bert-classifier"];
    }

    public float[] Tensor(string name) => _tensors.ReadSingles(_tensors.Require(name));

    public IEnumerable<string> TensorNames => _tensors.Tensors.Select(tensor => tensor.Name);

    /// <summary>Tokens of a row, padding left out.</summary>
    public int Tokens(int row) => (int)Mask.AsSpan(row * Length, Length).ToArray().Sum();

    public ReadOnlySpan<long> Row(int row) => Ids.AsSpan(row * Length, Tokens(row));

    public void Dispose()
    {
        _tensors.Dispose();
        _expected.Dispose();
    }

    // A theory without data is a failure; a name that is absent skips with its reason.
    private static TheoryData<string> Folders(string file, string? tensor, string absent)
    {
        string[] names = [.. Directories().Where(folder => Has(folder, file, tensor)).Select(folder => Path.GetFileName(folder))];
        return names.Length > 0 ? [.. names] : [absent];
    }

    private static IEnumerable<string> Directories() =>
        SharedData.Find("fixtures", "encoders") is { } root ? Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal) : [];

    private static bool Has(string folder, string file, string? tensor)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path))
        {
            return false;
        }

        using SafetensorsFile tensors = SafetensorsFile.Open(path);
        return tensor is null || tensors.Find(tensor) is not null;
    }

    private long[] Integers(string name)
    {
        TensorInfo tensor = _tensors.Require(name);
        byte[] bytes = new byte[tensor.Length];
        _tensors.ReadBytes(tensor, bytes);
        return tensor.DataType == TensorDataType.Int64
            ? [.. Enumerable.Range(0, bytes.Length / 8).Select(i => BitConverter.ToInt64(bytes, 8 * i))]
            : [.. Enumerable.Range(0, bytes.Length / 4).Select(i => (long)BitConverter.ToInt32(bytes, 4 * i))];
    }
}
