namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>The metadata of one model, keys given without the name of its architecture.</summary>
internal sealed class GgufSettings(GgufFileSet files, string architecture)
{
    private const int MostCount = 1 << 26;
    private const int MostLayers = 1 << 14;

    public string Architecture { get; } = architecture;

    public GgufFileSet Files { get; } = files;

    /// <summary>The model's file, the first of several.</summary>
    public string FilePath => Files.Files[0].FilePath;

    /// <summary>A count from 1 up, or null where it is absent.</summary>
    /// <exception cref="UnsupportedException">It is one for each layer, and they differ.</exception>
    public int? Count(string key) => (Files.Metadata.ArrayCount(Key(key)) is null ? Files.Metadata.Whole(Key(key)) : Common(key)) switch
    {
        null => null,
        >= 1 and <= MostCount and var count => (int)count,
        _ => throw Files.Metadata.Wrong(Key(key), $"a whole number from 1 to {MostCount}"),
    };

    /// <summary>One whole number for each layer; null where the value is absent or one for all.</summary>
    public IReadOnlyList<long>? PerLayer(string key) => Files.Metadata.ArrayCount(Key(key)) switch
    {
        null => null,
        <= MostLayers => Files.Metadata.Wholes(Key(key)),
        _ => throw Files.Metadata.Wrong(Key(key), $"an array of up to {MostLayers} whole numbers"),
    };

    /// <summary>Whether something holds for each layer; null where the value is absent or one for all.</summary>
    public IReadOnlyList<bool>? Flags(string key) => Files.Metadata.ArrayCount(Key(key)) switch
    {
        null => null,
        <= MostLayers when Files.Metadata.Value(Key(key)) is object[] values && Array.TrueForAll(values, value => value is bool) => [.. values.Cast<bool>()],
        <= MostLayers => [.. Files.Metadata.Wholes(Key(key))!.Select(value => value != 0)],
        _ => throw Files.Metadata.Wrong(Key(key), $"an array of up to {MostLayers} booleans"),
    };

    public bool? Boolean(string key) => Files.Metadata.Boolean(Key(key));

    /// <summary>Layers behind the others that predict further tokens.</summary>
    public int PredictionLayers => (int)Math.Clamp(Files.Metadata.Whole(Key("nextn_predict_layers")) ?? 0, 0, MostLayers);

    /// <summary>The layers of the model itself.</summary>
    public int Layers => RequireCount("block_count") - PredictionLayers is > 0 and var layers ? layers : throw Files.Metadata.Wrong(Key("block_count"), $"more than {PredictionLayers}");

    public int RequireCount(string key) => Count(key) ?? throw Files.Metadata.Missing(Key(key));

    public double? Number(string key) => Files.Metadata.Number(Key(key));

    public double RequireNumber(string key) => Number(key) ?? throw Files.Metadata.Missing(Key(key));

    public string? Text(string key) => Files.Metadata.Text(Key(key));

    public bool Has(string tensor) => Files.Holding(tensor) is not null;

    /// <summary>The numbers above 0 of a tensor that holds one for each pair of a head, or null where it is absent.</summary>
    public float[]? Divisors(string name)
    {
        if (Files.Holding(name) is not { } file)
        {
            return null;
        }

        GgufTensorInfo tensor = file.Require(name);
        float[] values = tensor.ElementCount <= HeadSize ? file.ReadSingles(tensor) : [0];
        return values.All(value => value > 0 && float.IsFinite(value)) ? values : throw new CorruptException(
            $"{file.FilePath}: the tensor '{name}' at byte {tensor.Offset}, {tensor.Describe()}, must hold one number above 0 for each pair of a head of {HeadSize}.", file.FilePath, tensor.Offset);
    }

    /// <summary>The size of a head.</summary>
    public int HeadSize => Count("attention.key_length") ?? (RequireCount("embedding_length") / Heads) switch
    {
        0 => throw Files.Metadata.Wrong(Key("attention.head_count"), $"at most {Key("embedding_length")}, {RequireCount("embedding_length")}"),
        var size => size,
    };

    public int Heads => RequireCount("attention.head_count");

    public int KeyValueHeads => Count("attention.head_count_kv") ?? Heads;

    // Layers that have none of it say 0.
    private long? Common(string key)
    {
        long[] counts = [.. PerLayer(key)!.Where(count => count != 0).Distinct()];
        return counts.Length <= 1 ? counts.FirstOrDefault() : throw new UnsupportedException(
            $"{FilePath}: '{Key(key)}' differs from layer to layer ({string.Join(", ", counts.Take(4))}), which is not supported.", FilePath);
    }

    private string Key(string key) => $"{Architecture}.{key}";
}
