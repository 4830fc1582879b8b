using Rag.Runtime.Distillation;

namespace Rag.Cli.Output;

/// <summary>What <c>rag models distill --json</c> prints.</summary>
internal sealed record DistillationJson(
    string Folder, int Rows, int Dimensions, long Bytes, int Texts, double KeptVariance, double? FittedCosine, double? TrainedCosine)
{
    public static DistillationJson From(DistillationResult result) => new(
        result.Folder, result.Rows, result.Dimensions, result.Bytes, result.Texts, Round(result.KeptVariance), Round(result.FittedCosine), Round(result.TrainedCosine));

    private static double Round(double value) => Math.Round(value, 4);

    private static double? Round(double? value) => value is { } number ? Round(number) : null;
}
