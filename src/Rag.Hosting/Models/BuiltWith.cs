namespace Rag.Hosting.Models;

/// <summary>The encoder that an index which holds something was made with.</summary>
/// <param name="Reference">How it was named; null where the index has no vectors, or where the host brought the encoder along.</param>
/// <param name="HasVectors">Whether the index has vectors.</param>
/// <param name="Model">The encoder's own name, for messages.</param>
internal sealed record BuiltWith(string? Reference, bool HasVectors, string? Model);
