using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Graphs;

/// <summary>A stored tensor that a graph's operators take as it is, so that several sessions may have it in common.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Tensor">Where it lies.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">The shape that it is seen in.</param>
internal sealed record SharedTensor(string Name, TensorInfo Tensor, OnnxDataType Type, long[] Shape);
