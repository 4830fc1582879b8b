using Rag.Models.Formats.Safetensors;

namespace Rag.Runtime.Embedding.Modules;

/// <summary>The numbers of one module, in the safetensors file of its folder.</summary>
internal sealed class StepWeights(string folder)
{
    public string Path { get; } = System.IO.Path.Combine(folder, "model.safetensors");

    /// <summary>Reads a tensor in single precision.</summary>
    /// <exception cref="UnavailableException">The file is not there.</exception>
    /// <exception cref="IncompatibleException">The tensor has another shape than the configuration says.</exception>
    public float[] Read(string name, params long[] shape)
    {
        if (!File.Exists(Path))
        {
            throw new UnavailableException($"The module folder {folder} has no model.safetensors; weights in PyTorch's own format are not read.", Path);
        }

        using SafetensorsFile file = SafetensorsFile.Open(Path);
        TensorInfo tensor = file.Require(name);
        return tensor.Shape.SequenceEqual(shape)
            ? file.ReadSingles(tensor)
            : throw new IncompatibleException($"{Path} holds '{name}' as {tensor.Describe()}, but the module's config.json asks for the shape {TensorInfo.DescribeShape(shape)}.", Path);
    }
}
