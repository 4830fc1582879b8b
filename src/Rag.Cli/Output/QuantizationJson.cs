using Rag.Models.Quantization;

namespace Rag.Cli.Output;

/// <summary>A quantised model folder, as JSON.</summary>
internal sealed record QuantizationJson(string Folder, int Int8Tensors, int Int4Tensors, int OtherTensors, long SourceBytes, long Bytes)
{
    public static QuantizationJson From(QuantizationSummary summary) =>
        new(summary.FolderPath, summary.Int8Tensors, summary.Int4Tensors, summary.OtherTensors, summary.SourceBytes, summary.Bytes);
}
