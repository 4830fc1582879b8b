using System.Globalization;
using Rag.Cli.Terminal;
using Rag.Models.Hub;
using Rag.Models.Packing;
using Rag.Models.Quantization;

namespace Rag.Cli.Output;

/// <summary>Says how far a download, or the packing or quantising of weights is, and how large things are.</summary>
internal static class DownloadText
{
    public static Activity Describe(ModelDownloadProgress progress) => new(
        $"downloading {progress.Model}: {progress.File} ({Size(progress.Bytes)}{(progress.TotalBytes > 0 ? " of " + Size(progress.TotalBytes) : "")})",
        progress.Bytes,
        progress.TotalBytes > 0 ? progress.TotalBytes : null);

    public static Activity Describe(WeightPackingProgress progress) => new(
        $"packing the weights of {Path.GetFileName(progress.Model)} ({Size(progress.Bytes)} of {Size(progress.TotalBytes)})", progress.Bytes, progress.TotalBytes);

    public static Activity Describe(QuantizationProgress progress) => new(
        $"quantising {progress.Tensor} ({Size(progress.Bytes)} of {Size(progress.TotalBytes)})", progress.Bytes, progress.TotalBytes);

    /// <summary>Bytes as a person says them.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F1} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0} MB"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F0} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };
}
