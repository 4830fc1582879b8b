namespace Rag.Runtime.Generation.Prefixes;

/// <summary>What sequences of one model must have in common for one to take the rows of another.</summary>
/// <param name="Adapter">The name of the adapter; null for none.</param>
/// <param name="Regime">What rotary positions depend on beside the position.</param>
internal readonly record struct PrefixKey(string? Adapter, int Regime);
