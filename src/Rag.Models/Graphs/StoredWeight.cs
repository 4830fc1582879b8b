namespace Rag.Models.Graphs;

/// <summary>A weight as a folder holds it, checked against the shape that the network needs.</summary>
/// <param name="Form">How its values are stored.</param>
/// <param name="Values">The numbers.</param>
/// <param name="Scales">What they are to be multiplied with; null where they are the values themselves.</param>
internal sealed record StoredWeight(WeightForm Form, StoredTensor Values, StoredTensor? Scales = null);
