using System.Text.Json.Serialization;

namespace Rag.Index;

/// <summary>How two vectors are compared. Whatever the metric, a greater score is a better one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VectorMetric>))]
public enum VectorMetric
{
    /// <summary>The cosine of the angle between them, from -1 to 1; vectors are stored with length 1.</summary>
    Cosine,

    /// <summary>The inner product; vectors are stored as they come.</summary>
    Dot,

    /// <summary>The squared Euclidean distance, negated, so that 0 is the best score; vectors are stored as they come.</summary>
    L2,
}
