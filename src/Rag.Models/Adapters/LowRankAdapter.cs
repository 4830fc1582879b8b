using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Adapters;

/// <summary>An open folder of PEFT's: adapter_config.json and adapter_model.safetensors, checked against each other.</summary>
internal sealed class LowRankAdapter : IDisposable
{
    private const string Prefix = "base_model.model.";
    private const string DownSuffix = ".lora_A.weight";
    private const string UpSuffix = ".lora_B.weight";
    private readonly SafetensorsFile _file;

    private LowRankAdapter(string folder, SafetensorsFile file, AdapterConfiguration config)
    {
        (FolderPath, _file) = (folder, file);
        Dictionary<string, LowRankPair> modules = new(StringComparer.Ordinal);
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (ModuleOf(tensor, DownSuffix) is { } module)
            {
                modules.Add(module, Pair(tensor, file.Require(Prefix + module + UpSuffix), config, module));
            }
            else if (ModuleOf(tensor, UpSuffix) is { } other)
            {
                file.Require(Prefix + other + DownSuffix);
            }
            else
            {
                throw new UnsupportedException(
                    $"{file.FilePath}: the adapter holds the tensor '{tensor.Name}', which is no half of a low-rank pair for a linear layer; nothing else is supported.", file.FilePath);
            }
        }

        Modules = modules.Count > 0 ? modules : throw new CorruptException($"{file.FilePath}: the adapter holds no tensor.", file.FilePath);
    }

    public string FolderPath { get; }

    /// <summary>The pairs by the names of the modules that they change, counted from the base model's root.</summary>
    public IReadOnlyDictionary<string, LowRankPair> Modules { get; }

    /// <exception cref="UnavailableException">The folder, or a file of it, is not there.</exception>
    /// <exception cref="UnsupportedException">The adapter is of a kind that is not supported.</exception>
    /// <exception cref="CorruptException">A file breaks its format, or the two contradict each other.</exception>
    public static LowRankAdapter Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string folder = Path.GetFullPath(path);
        if (!Directory.Exists(folder))
        {
            throw new UnavailableException($"There is no adapter folder {folder}.", folder);
        }

        AdapterConfiguration config = AdapterConfiguration.Read(folder);
        string weights = Path.Combine(folder, "adapter_model.safetensors");
        if (!File.Exists(weights))
        {
            throw File.Exists(Path.Combine(folder, "adapter_model.bin"))
                ? new UnsupportedException($"The adapter {folder} is stored as a pickle (adapter_model.bin), which can run code and is not opened; convert it to adapter_model.safetensors.", folder)
                : new UnavailableException($"The adapter folder {folder} has no adapter_model.safetensors.", folder);
        }

        SafetensorsFile file = SafetensorsFile.Open(weights);
        try
        {
            return new LowRankAdapter(folder, file, config);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A half of a pair, in single precision.</summary>
    public float[] Read(TensorInfo tensor) => _file.ReadSingles(tensor);

    public void Dispose() => _file.Dispose();

    private static string? ModuleOf(TensorInfo tensor, string suffix) =>
        tensor.Name.StartsWith(Prefix, StringComparison.Ordinal) && tensor.Name.EndsWith(suffix, StringComparison.Ordinal) && tensor.Name.Length > Prefix.Length + suffix.Length
            ? tensor.Name[Prefix.Length..^suffix.Length]
            : null;

    private static LowRankPair Pair(TensorInfo down, TensorInfo up, AdapterConfiguration config, string module)
    {
        (int rank, float scale) = config.Of(module);
        if (down.Shape.Count != 2 || up.Shape.Count != 2)
        {
            throw new UnsupportedException($"{down.FilePath}: the pair for '{module}' is {down.Describe()} and {up.Describe()}; pairs of matrices are supported.", down.FilePath);
        }

        return down.Shape[0] == rank && up.Shape[1] == rank
            ? new LowRankPair(down, up, scale)
            : throw new CorruptException(
                $"{down.FilePath}: the pair for '{module}' is {down.Describe()} and {up.Describe()}, but adapter_config.json gives it the rank {rank}.", down.FilePath, down.Offset);
    }
}
