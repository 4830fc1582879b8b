using System.Text.Json;
using Rag.Models.Packing;

namespace Rag.Models.Formats.Safetensors;

/// <summary>
/// The weights of a folder: "model.safetensors", or the shards that "model.safetensors.index.json" names. Thread-safe.
/// </summary>
public sealed class SafetensorsFolder : IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";
    private const int MaxIndexBytes = 64 << 20;
    private readonly List<ITensorFile> _files;
    private readonly Dictionary<string, (ITensorFile File, TensorInfo Tensor)> _byName = new(StringComparer.Ordinal);

    private SafetensorsFolder(string path, List<ITensorFile> files)
    {
        FolderPath = path;
        _files = files;
    }

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>Opens the weights and checks every header. A single file is preferred where both forms are there.</summary>
    /// <param name="folder">A model folder.</param>
    /// <exception cref="UnavailableException">The folder holds neither form, or a shard is missing.</exception>
    /// <exception cref="CorruptException">A header or the index is damaged, or a name points out of the folder.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        SafetensorsFolder weights = new(folder, []);
        try
        {
            if (File.Exists(Path.Combine(folder, SingleFile)))
            {
                weights.AddFile(SingleFile, expected: null);
            }
            else if (File.Exists(Path.Combine(folder, IndexFile)))
            {
                weights.AddShards();
            }
            else
            {
                throw new UnavailableException($"The model folder {folder} has no weights: neither {SingleFile} nor {IndexFile} is there.", folder);
            }

            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>The files that hold the tensors, links resolved.</summary>
    internal IEnumerable<string> FilePaths => _files.SelectMany(file => file.FilePaths);

    /// <summary>A file that is seen as the weights of a model; it is disposed with them.</summary>
    internal static SafetensorsFolder Of(string path, ITensorFile file)
    {
        SafetensorsFolder weights = new(path, [file]);
        foreach (TensorInfo tensor in file.Tensors)
        {
            weights._byName.Add(tensor.Name, (file, tensor));
        }

        return weights;
    }

    /// <summary>The tensor of that name, or null.</summary>
    /// <param name="name">Its name, case-sensitive.</param>
    public TensorInfo? Find(string name) => _byName.TryGetValue(name, out var found) ? found.Tensor : null;

    /// <summary>The metadata of that key of the first file that has it; null where none has.</summary>
    internal string? Metadata(string key) => _files.Select(file => file.Metadata.GetValueOrDefault(key)).FirstOrDefault(value => value is not null);

    /// <summary>Reads a whole tensor as single precision, exactly: floating-point types up to F32 (the six-bit ones excepted) and integers up to 16 bits.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="IncompatibleException">There is no such tensor.</exception>
    public float[] ReadSingles(string name) => _byName.TryGetValue(name, out var found)
        ? ReadSingles(found.File, found.Tensor)
        : throw new IncompatibleException($"The model folder {FolderPath} has no tensor '{name}'.", FolderPath);

    /// <summary>The stored bytes of a tensor of this folder that fits one array.</summary>
    internal byte[] ReadBytes(TensorInfo tensor)
    {
        byte[] bytes = new byte[checked((int)tensor.Length)];
        _byName[tensor.Name].File.ReadBytes(tensor, bytes, 0);
        return bytes;
    }

    /// <summary>Reads elements of a tensor of this folder as single precision, from one of them on, as many as there is room for.</summary>
    internal void ReadSingles(TensorInfo tensor, long first, Span<float> values) => _byName[tensor.Name].File.ReadSingles(tensor, values, first);

    /// <summary>Reads stored bytes of a tensor of this folder, from one of them on.</summary>
    internal void ReadBytes(TensorInfo tensor, long start, Span<byte> bytes) => _byName[tensor.Name].File.ReadBytes(tensor, bytes, start);

    /// <summary>A matrix of this folder in the packed form that it is stored in; see <see cref="ITensorFile.OpenPacked"/>.</summary>
    internal PackedRows? OpenPacked(TensorInfo tensor, bool transposed) => _byName[tensor.Name].File.OpenPacked(tensor, transposed);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (ITensorFile file in _files)
        {
            file.Dispose();
        }
    }

    private static float[] ReadSingles(ITensorFile file, TensorInfo tensor)
    {
        if (file is SafetensorsFile stored)
        {
            return stored.ReadSingles(tensor);
        }

        float[] values = new float[checked((int)tensor.ElementCount)];
        file.ReadSingles(tensor, values, 0);
        return values;
    }

    private void AddShards()
    {
        string indexPath = Path.Combine(FolderPath, IndexFile);
        using JsonDocument index = BoundedJson.Read(indexPath, MaxIndexBytes);
        if (index.RootElement.ValueKind != JsonValueKind.Object ||
            !index.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new CorruptException($"{indexPath} has no object 'weight_map'.", indexPath);
        }

        Dictionary<string, HashSet<string>> shards = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string file = entry.Value.ValueKind == JsonValueKind.String
                ? entry.Value.GetString()!
                : throw new CorruptException($"{indexPath}: weight_map of '{entry.Name}' is not a file name.", indexPath);
            if (!shards.TryGetValue(file, out HashSet<string>? names))
            {
                shards.Add(file, names = new HashSet<string>(StringComparer.Ordinal));
            }

            names.Add(entry.Name);
        }

        foreach ((string file, HashSet<string> names) in shards.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            AddFile(file, names);
        }
    }

    private void AddFile(string name, HashSet<string>? expected)
    {
        SafetensorsFile file = SafetensorsFile.Open(FolderFile.Resolve(FolderPath, name));
        _files.Add(file);
        foreach (TensorInfo tensor in file.Tensors)
        {
            // A shard may hold more than the index claims for it; the index decides.
            if ((expected is null || expected.Remove(tensor.Name)) && !_byName.TryAdd(tensor.Name, (file, tensor)))
            {
                throw new CorruptException($"{FolderPath}: two shards hold the tensor '{tensor.Name}'.", file.FilePath);
            }
        }

        if (expected is { Count: > 0 })
        {
            throw new CorruptException($"{file.FilePath} lacks the tensor '{expected.First()}' that {IndexFile} places in it.", file.FilePath);
        }
    }
}
