using System.Security.Cryptography;
using System.Text;
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

    // Goes up when the same file would be written otherwise.
    private const string Version = "rag packed weights 1";
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
        PackingPlan plan = new(new MatrixSources(weights, network.Storage), options.Precision, network.Head?.Weight);
        IReadOnlyList<TensorInfo> declared = GraphWriter.Declared(network, weights, plan);
        HashSet<string> packed = [.. plan.Matrices.SelectMany(matrix => Names(matrix.Matrix))];
        TensorInfo[] kept = [.. declared.Where(tensor => !packed.Contains(tensor.Name)).OrderByDescending(tensor => tensor.DataType)];
        long total = plan.Matrices.Sum(matrix => Bytes(matrix.Matrix)) + kept.Sum(tensor => tensor.Length);
        long done = 0;
        void Written(TensorInfo tensor)
        {
            done += tensor.Length;
            progress?.Report(new WeightPackingProgress(model.FolderPath, tensor.Name, done, total));
        }

        // Zeros may have any length; the others keep those behind them at multiples of their elements.
        StreamedTensor[] matrices = [.. plan.Matrices.SelectMany(matrix => new PackedTensors(matrix.Matrix, matrix.Open, Written, cancellationToken).Streamed())];
        Dictionary<string, string> metadata = new() { [KeyEntry] = Path.GetFileName(Path.GetDirectoryName(path)!) };
        if (weights.Metadata(QuantizedFormat.VersionKey) is { } version)
        {
            metadata.Add(QuantizedFormat.VersionKey, version);
        }

        SafetensorsWriter.WriteStreamed(path, [.. kept.Select(tensor => Copied(weights, tensor, Written, cancellationToken)), .. matrices], metadata, keepOrder: true);
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
        matrix.Zeros is null ? [matrix.Values.Name, matrix.Scales.Name] : [matrix.Values.Name, matrix.Scales.Name, matrix.Zeros.Name];

    private static long Bytes(PackedMatrix matrix) => matrix.Values.Length + matrix.Scales.Length + (matrix.Zeros?.Length ?? 0);

    private string Key(ModelFolder model, SafetensorsFolder weights, CancellationToken cancellationToken)
    {
        string identity = new WeightsIdentity(Path.Combine(_root, "hashes")).Of(weights, cancellationToken);
        string all = string.Join('\n', Version, options.Precision.ToString(), identity, model.Configuration.Root.GetRawText());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..32];
    }
}
