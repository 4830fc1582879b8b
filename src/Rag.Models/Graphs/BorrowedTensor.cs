using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Graphs;

/// <summary>A tensor that a model shares with another and so leaves to the other's folder.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Weights">The folder that holds it, open.</param>
/// <param name="Tensor">Where it lies there.</param>
internal sealed record BorrowedTensor(string Name, SafetensorsFolder Weights, TensorInfo Tensor)
{
    private const string Prefix = "bert.";

    /// <summary>A tensor of another folder, such as the word embeddings, whether or not its names carry the prefix "bert.".</summary>
    /// <exception cref="IncompatibleException">The folder has none.</exception>
    public static BorrowedTensor Find(string name, SafetensorsFolder other)
    {
        string bare = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        TensorInfo tensor = other.Find(bare) ?? other.Find(Prefix + bare) ?? throw new IncompatibleException(
            $"The folder {other.FolderPath}, named for the word embeddings, has neither the tensor '{bare}' nor '{Prefix}{bare}'.", other.FolderPath);
        return new BorrowedTensor(name, other, tensor);
    }
}
