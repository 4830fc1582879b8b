namespace Rag.Models.Networks;

/// <summary>A stored tensor that a network needs: its name in the checkpoint and the shape it must have.</summary>
internal sealed record Weight(string Name, params long[] Shape);
