using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>What a block of a layer computes: a value, and a last linear layer that is still to be applied to it.</summary>
internal readonly record struct BlockOutput(string Value, LinearDescription? Last);
