namespace Rag.Models.Packing;

/// <summary>How the weights of a decoder are packed.</summary>
/// <param name="Precision">Not Auto.</param>
/// <param name="RoundActivations">Whether products with packed matrices are of integers.</param>
/// <param name="CacheDirectory">The folder under which packed weights are kept.</param>
/// <param name="RowSteps">The greatest whole number of a matrix in <see cref="WeightPrecision.Int8Rows"/>; see <see cref="Networks.RoundingDescription"/>.</param>
/// <param name="EightBitCache">Whether the graph keeps keys and values in eight bits; the file does not depend on it.</param>
internal sealed record PackingOptions(WeightPrecision Precision, bool RoundActivations, string CacheDirectory, int RowSteps = 127, bool EightBitCache = false);
