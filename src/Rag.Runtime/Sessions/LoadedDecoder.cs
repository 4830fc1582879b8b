using Rag.Models.Graphs;
using Rag.Models.Packing;
using Rag.Runtime.Sessions.Kernels;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>A decoder's graph on a device, with the memory of its sessions, which goes with the weights.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Shared">Its weights.</param>
/// <param name="Memory">Where its sessions keep what they compute.</param>
/// <param name="Weights">How its matrices are held.</param>
/// <param name="WeightsNotice">A sentence that says so; null where that is in single precision.</param>
/// <param name="Kernels">What suits it on this machine.</param>
internal sealed record LoadedDecoder(ModelGraph Graph, SharedSession Shared, IDecoderMemory Memory, WeightPrecision Weights, string? WeightsNotice, KernelChoice Kernels)
{
    /// <summary>A sentence that says what was decided about rows of eight bits; null where nothing was.</summary>
    public string? RowsNotice { get; init; }
}
