using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rag.Models.Facts;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Hub;
using Rag.Models.Networks;
using Rag.Models.Packing.Sources;
using Rag.Models.Quantization;

namespace Rag.Models.Packing;

/// <summary>
/// Packed weights as safetensors files, which hold everything that a graph declares, so that the original is not read again. A
/// folder is named by a hash of the weights, the configuration and the precision; it is written whole or not at all, and can be
/// deleted at any time. Thread-safe.
/// </summary>
internal sealed class PackedWeightCache(PackingOptions options)
{
    private const string WeightsFile = "model.safetensors";
    private const string KeyEntry = "rag.packed.key";
    private const string GroupsEntry = "rag.packed.groups";

    // Goes up when the same file would be written otherwise.
    private const string Version = "rag packed weights 2";
    private static readonly TimeSpan LockTimeout = TimeSpan.FromHours(1);
    private readonly string _root = Path.Combine(options.CacheDirectory, "rag-packed");

    /// <summary>The folder of a model's packed weights, whether it is there yet or not.</summary>
    public string Folder(ModelFolder model, SafetensorsFolder weights, CancellationToken cancellationToken) => Path.Combine(_root, Key(model, weights, cancellationToken));

    /// <summary>Opens the packed weights of a model, made now where they are not there or damaged.</summary>
    /// <exception cref="UnavailableException">The cache cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Nothing has been written then.</exception>
    public SafetensorsFolder Open(
        ModelFolder model, NetworkDescription network, SafetensorsFolder weights, IProgress<WeightPackingProgress>? progress, CancellationToken cancellationToken)
    {
        string folder = Folder(model, weights, cancellationToken);
        if (TryOpen(folder) is { } found)
        {
            return found;
        }

        using ModelLock held = ModelLock.Acquire(Path.Combine(folder, "lock"), LockTimeout, TimeProvider.System, cancellationToken);
        if (TryOpen(folder) is { } other)
        {
            return other;
        }

        Write(Path.Combine(folder, WeightsFile), model, network, weights, progress, cancellationToken);
        return TryOpen(folder) ?? throw new UnavailableException($"The packed weights in {folder} cannot be read back after they were written.", folder);
    }

    /// <summary>The folder of packed weights that are there, found without reading the model's; else null.</summary>
    public string? KnownFolder(ModelFolder model, SafetensorsFolder weights) =>
        Identity.Knows(weights) && Folder(model, weights, CancellationToken.None) is { } folder && File.Exists(Path.Combine(folder, WeightsFile)) ? folder : null;

    /// <summary>What a folder of packed weights says of itself; null where it is damaged.</summary>
    public static IReadOnlyList<PackingGroup>? Groups(string folder)
    {
        using SafetensorsFolder? packed = TryOpen(folder);
        return packed?.Metadata(GroupsEntry) is { } lines
            ? [.. lines.Split('\n').Select(line => line.Split(' ', 3)).Where(parts => parts.Length == 3 && int.TryParse(parts[0], out _) && long.TryParse(parts[1], out _))
                .Select(parts => new PackingGroup(parts[2], int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture)))]
            : null;
    }

    /// <summary>Decides what is packed how.</summary>
    public PackingPlan Plan(NetworkDescription network, SafetensorsFolder weights)
    {
        PackingPlan plan = new(new MatrixSources(weights, network.Storage), options.Precision, options.RowSteps, network.Head?.Weight);
        IReadOnlyList<TensorInfo> declared = GraphWriter.Declared(network, weights, plan);
        HashSet<string> packed = [.. plan.Matrices.SelectMany(matrix => Names(matrix.Matrix))];
        plan.Kept = [.. declared.Where(tensor => !packed.Contains(tensor.Name)).OrderByDescending(tensor => tensor.DataType)];
        return plan;
    }

    /// <summary>The packed weights in a folder; null where they are not there, damaged, or of another model.</summary>
    public static SafetensorsFolder? TryOpen(string folder)
    {
        if (!File.Exists(Path.Combine(folder, WeightsFile)))
        {
            return null;
        }

        try
        {
            SafetensorsFolder packed = SafetensorsFolder.Open(folder);
            if (packed.Metadata(KeyEntry) == Path.GetFileName(folder))
            {
                return packed;
            }

            packed.Dispose();
            return null;
        }
        catch (Exception e) when (e is CorruptException or UnsupportedException)
        {
            return null;
        }
    }

    private void Write(
        string path, ModelFolder model, NetworkDescription network, SafetensorsFolder weights, IProgress<WeightPackingProgress>? progress, CancellationToken cancellationToken)
    {
        PackingPlan plan = Plan(network, weights);
        long total = plan.Matrices.Sum(matrix => matrix.Bytes) + plan.Kept.Sum(tensor => tensor.Length);
        long done = 0;
        void Written(TensorInfo tensor)
        {
            done += tensor.Length;
            progress?.Report(new WeightPackingProgress(model.FolderPath, tensor.Name, done, total));
        }

        // Zeros may have any length; the others keep those behind them at multiples of their elements.
        StreamedTensor[] matrices = [.. plan.Matrices.SelectMany(matrix => new PackedTensors(matrix.Matrix, matrix.Open, Written, cancellationToken).Streamed())];
        Dictionary<string, string> metadata = new()
        {
            [KeyEntry] = Path.GetFileName(Path.GetDirectoryName(path)!),
            [GroupsEntry] = string.Join('\n', plan.Groups().Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Tensors} {group.Bytes} {group.Form}"))),
        };
        if (weights.Metadata(QuantizedFormat.VersionKey) is { } version)
        {
            metadata.Add(QuantizedFormat.VersionKey, version);
        }

        SafetensorsWriter.WriteStreamed(path, [.. plan.Kept.Select(tensor => Copied(weights, tensor, Written, cancellationToken)), .. matrices], metadata, keepOrder: true);
    }

    private static StreamedTensor Copied(SafetensorsFolder weights, TensorInfo tensor, Action<TensorInfo> written, CancellationToken cancellationToken) =>
        new(tensor.Name, tensor.DataType, tensor.Shape, tensor.Length, stream =>
        {
            byte[] buffer = new byte[(int)Math.Min(tensor.Length, 1 << 20)];
            for (long start = 0; start < tensor.Length; start += buffer.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.Length - start));
                weights.ReadBytes(tensor, start, piece);
                stream.Write(piece);
            }

            written(tensor);
        });

    private static IEnumerable<string> Names(PackedMatrix matrix) =>
        new[] { matrix.Values, matrix.Scales, matrix.Zeros }.OfType<TensorInfo>().Select(tensor => tensor.Name);

    private WeightsIdentity Identity => new(Path.Combine(_root, "hashes"));

    private string Key(ModelFolder model, SafetensorsFolder weights, CancellationToken cancellationToken)
    {
        string identity = Identity.Of(weights, cancellationToken);
        string precision = options.Precision == WeightPrecision.Int8Rows ? string.Create(CultureInfo.InvariantCulture, $"{options.Precision} {options.RowSteps}") : options.Precision.ToString();
        string all = string.Join('\n', Version, precision, identity, model.Configuration.Root.GetRawText());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..32];
    }
}
