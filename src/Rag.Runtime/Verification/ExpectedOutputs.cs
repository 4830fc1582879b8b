using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;

namespace Rag.Runtime.Verification;

/// <summary>The files expected.json and expected.safetensors beside a model; what is wrong with them is an error that names them.</summary>
internal sealed class ExpectedOutputs : IDisposable
{
    private const int MaxJsonBytes = 64 << 20;
    private readonly JsonDocument _json;
    private readonly SafetensorsFile _tensors;

    private ExpectedOutputs(string path, JsonDocument json, SafetensorsFile tensors) => (Path, _json, _tensors) = (path, json, tensors);

    /// <summary>expected.json.</summary>
    public string Path { get; }

    public JsonElement Root => _json.RootElement;

    /// <summary>Opens them; null where there are none.</summary>
    public static ExpectedOutputs? Open(string folder)
    {
        string path = System.IO.Path.Combine(folder, "expected.json");
        if (!File.Exists(path))
        {
            return null;
        }

        JsonDocument json = BoundedJson.Read(path, MaxJsonBytes);
        try
        {
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? new ExpectedOutputs(path, json, SafetensorsFile.Open(System.IO.Path.Combine(folder, "expected.safetensors")))
                : throw new CorruptException($"{path} is not a JSON object.", path);
        }
        catch
        {
            json.Dispose();
            throw;
        }
    }

    /// <summary>A property of an object, of a kind.</summary>
    public JsonElement Require(JsonElement from, string key, JsonValueKind kind) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(key, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw new CorruptException($"{Path}: '{key}' is missing or no {kind}.", Path);

    /// <summary>Whole numbers.</summary>
    public int[] Numbers(JsonElement from, string key) =>
        [.. Require(from, key, JsonValueKind.Array).EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int value) ? value : throw new CorruptException($"{Path}: '{key}' holds something else than numbers.", Path))];

    /// <summary>Texts.</summary>
    public string[] Texts(JsonElement from, string key) => [.. Require(from, key, JsonValueKind.Array).EnumerateArray().Select(Text)];

    /// <summary>Pairs of texts.</summary>
    public (string First, string Second)[] Pairs(JsonElement from, string key) => [.. Require(from, key, JsonValueKind.Array).EnumerateArray().Select(Pair)];

    /// <summary>A text.</summary>
    public string Text(JsonElement item) =>
        item.ValueKind == JsonValueKind.String ? item.GetString()! : throw new CorruptException($"{Path} holds something else where a text belongs.", Path);

    /// <summary>A pair of texts.</summary>
    public (string First, string Second) Pair(JsonElement item) => item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2
        ? (Text(item[0]), Text(item[1]))
        : throw new CorruptException($"{Path} holds something else where a pair of texts belongs.", Path);

    /// <summary>A whole number.</summary>
    public int Number(string key) => Require(Root, key, JsonValueKind.Number).TryGetInt32(out int value)
        ? value
        : throw new CorruptException($"{Path}: '{key}' is no whole number.", Path);

    /// <summary>Tokens after which the reference cut a text; null where that is not said.</summary>
    public int? MaxTokens() => !Root.TryGetProperty("max_length", out _) ? null : Number("max_length") is >= 8 and var most
        ? most
        : throw new CorruptException($"{Path}: 'max_length' is below 8.", Path);

    /// <summary>The folder that they lie in.</summary>
    public string FolderPath => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The full path of a folder beside them.</summary>
    public string Beside(string name) => name is not ("" or "." or "..") && name.IndexOfAny(['/', '\\', ':', '\0']) < 0
        ? System.IO.Path.Combine(FolderPath, name)
        : throw new CorruptException($"{Path} names '{name}', which is no name of a folder beside it.", Path);

    /// <summary>The tensor that a property names, with as many values as are needed.</summary>
    public float[] Tensor(JsonElement from, string key, long count) => Tensor(Require(from, key, JsonValueKind.String).GetString()!, count);

    /// <summary>A tensor with as many values as are needed.</summary>
    public float[] Tensor(string name, long count)
    {
        float[] values = _tensors.ReadSingles(_tensors.Require(name));
        return values.Length == count ? values : throw new IncompatibleException($"{_tensors.FilePath}: '{name}' has {values.Length} values where the model gives {count}.", _tensors.FilePath);
    }

    /// <summary>A tensor's shape; null where there is no such tensor.</summary>
    public IReadOnlyList<long>? ShapeOf(string name) => _tensors.Find(name)?.Shape;

    /// <summary>Ids as decoders take them.</summary>
    public int[] TokenIds(ReadOnlySpan<long> ids)
    {
        int[] tokens = new int[ids.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = ids[i] is >= 0 and <= int.MaxValue ? (int)ids[i] : throw new CorruptException($"{_tensors.FilePath}: 'input_ids' holds {ids[i]}, which is no token id.", _tensors.FilePath);
        }

        return tokens;
    }

    /// <summary>A tensor of whole numbers.</summary>
    public long[] Integers(string name)
    {
        TensorInfo tensor = _tensors.Require(name);
        byte[] bytes = new byte[tensor.Length];
        _tensors.ReadBytes(tensor, bytes);
        return tensor.DataType switch
        {
            TensorDataType.Int64 => [.. Enumerable.Range(0, bytes.Length / 8).Select(i => BitConverter.ToInt64(bytes, 8 * i))],
            TensorDataType.Int32 => [.. Enumerable.Range(0, bytes.Length / 4).Select(i => (long)BitConverter.ToInt32(bytes, 4 * i))],
            _ => throw new UnsupportedException($"{_tensors.FilePath}: '{name}' is {tensor.Describe()}; I64 and I32 are read here.", _tensors.FilePath),
        };
    }

    public void Dispose()
    {
        _json.Dispose();
        _tensors.Dispose();
    }
}
