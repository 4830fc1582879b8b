namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>The metadata of one model, keys given without the name of its architecture.</summary>
internal sealed class GgufSettings(GgufFileSet files, string architecture)
{
    private const int MostCount = 1 << 26;

    public string Architecture { get; } = architecture;

    public GgufFileSet Files { get; } = files;

    /// <summary>The model's file, the first of several.</summary>
    public string FilePath => Files.Files[0].FilePath;

    /// <summary>A count from 1 up, or null where it is absent.</summary>
    public int? Count(string key) => Files.Metadata.Whole(Key(key)) switch
    {
        null => null,
        >= 1 and <= MostCount and var count => (int)count,
        _ => throw Files.Metadata.Wrong(Key(key), $"a whole number from 1 to {MostCount}"),
    };

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

    private string Key(string key) => $"{Architecture}.{key}";
}
