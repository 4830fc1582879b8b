namespace Rag.Runtime.Sessions.Batches;

/// <summary>What sessions must have in common to share a step.</summary>
/// <param name="Model">The model.</param>
/// <param name="Adapter">What the graph's inputs for adapters are bound to; null for none.</param>
/// <param name="Regime">What rotary positions depend on beside the position.</param>
internal readonly record struct BatchKey(object Model, object? Adapter, int Regime);
