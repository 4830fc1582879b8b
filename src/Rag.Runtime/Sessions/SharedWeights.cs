using System.IO.MemoryMappedFiles;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models.Formats.Onnx;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>
/// Packed weights that several sessions have in common: their bytes as the file holds them, mapped, and what kernels make of them, once
/// for all sessions. It must outlive the sessions.
/// </summary>
internal sealed class SharedWeights : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly List<(string Name, OrtValue Value)> _tensors = [];

    private SharedWeights(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>What the kernels of all sessions made of the weights.</summary>
    public PrePackedWeightsContainer Prepacked { get; } = new();

    /// <summary>Maps the weights that a graph declares as shared; all lie in one file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SharedWeights Open(ModelGraph graph)
    {
        SharedWeights weights = new(graph.Shared[0].Tensor.FilePath);
        try
        {
            foreach (SharedTensor tensor in graph.Shared)
            {
                weights.Add(tensor);
            }

            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Gives a session the weights in place of those that its graph names.</summary>
    public void AddTo(SessionOptions settings)
    {
        foreach ((string name, OrtValue value) in _tensors)
        {
            settings.AddInitializer(name, value);
        }
    }

    public void Dispose()
    {
        foreach ((_, OrtValue value) in _tensors)
        {
            value.Dispose();
        }

        Prepacked.Dispose();
        _view.Dispose();
        _file.Dispose();
    }

    private void Add(SharedTensor tensor)
    {
        if (tensor.Tensor.Offset + tensor.Tensor.Length > _view.Capacity)
        {
            throw new CorruptException($"{tensor.Tensor.FilePath} ends within the tensor '{tensor.Tensor.Name}'; delete it, it is made anew.", tensor.Tensor.FilePath, tensor.Tensor.Offset);
        }

        nint data = _view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)(_view.PointerOffset + tensor.Tensor.Offset);
        TensorElementType type = tensor.Type switch
        {
            OnnxDataType.Int8 => TensorElementType.Int8,
            OnnxDataType.UInt8 => TensorElementType.UInt8,
            OnnxDataType.Float16 => TensorElementType.Float16,
            OnnxDataType.BFloat16 => TensorElementType.BFloat16,
            _ => TensorElementType.Float,
        };
        _tensors.Add((tensor.Name, OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, tensor.Shape, data, tensor.Tensor.Length)));
    }
}
