namespace Rag.Models.Formats.Onnx;

/// <summary>A part of a graph that is written in another type; disposing it goes back to the one before.</summary>
internal readonly ref struct FloatScope(OnnxGraphBuilder graph, OnnxDataType before) : IDisposable
{
    public void Dispose() => graph.Floats = before;
}
