using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Precision;

/// <summary>
/// Where it is remembered what a model loses by rows: beside the packed weights, under the name of its own, which is a hash of the weights,
/// the configuration and the layout. One that is damaged or cannot be written is no error: the loss is measured again.
/// </summary>
internal sealed class RowsLossRecord
{
    // Goes up when the same model would give another loss: another text, or other kernels.
    private const string Version = "1";
    private const int MaxBytes = 1024;
    private readonly string _path;

    private RowsLossRecord(string path) => _path = path;

    /// <summary>Reads all weights the first time, as packing them does.</summary>
    /// <exception cref="UnavailableException">They cannot be read, or their hash cannot be kept.</exception>
    public static RowsLossRecord Of(ModelFolder folder, string cacheDirectory, CancellationToken cancellationToken)
    {
        using SafetensorsFolder weights = folder.OpenSource();
        PackedWeightCache cache = new(new PackingOptions(WeightPrecision.Int8Rows, true, cacheDirectory, IntegerKernels.Rounding.WeightSteps));
        string packed = cache.Folder(folder, weights, cancellationToken);
        return new RowsLossRecord(Path.Combine(Path.GetDirectoryName(packed)!, "rows-loss", $"{Path.GetFileName(packed)}-{Version}.json"));
    }

    public RowsLoss? Read()
    {
        try
        {
            return new FileInfo(_path) is { Exists: true, Length: < MaxBytes } &&
                JsonSerializer.Deserialize<RowsLoss>(File.ReadAllBytes(_path)) is { Divergence: >= 0, Agreement: >= 0 and <= 1, Tokens: >= Int8RowsGuard.LeastTokens } known ? known : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(RowsLoss loss)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            string part = FormattableString.Invariant($"{_path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.part");
            File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(loss));
            File.Move(part, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
