using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Graphs;

/// <summary>A tensor that a model shares with another and so leaves to the other's folder.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Weights">The folder that holds it, open.</param>
/// <param name="Tensor">Where it lies there.</param>
internal sealed record BorrowedTensor(string Name, SafetensorsFolder Weights, TensorInfo Tensor);
