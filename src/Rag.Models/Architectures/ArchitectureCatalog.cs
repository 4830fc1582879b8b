using Rag.Models.Networks;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Architectures;

/// <summary>The families that are supported, by model_type.</summary>
internal static class ArchitectureCatalog
{
    private static readonly IArchitecture[] All = [new BertArchitecture(), new LlamaArchitecture()];

    /// <summary>Every supported model_type, sorted.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = [.. All.SelectMany(a => a.ModelTypes).Order(StringComparer.Ordinal)];

    /// <summary>Describes the network of a folder.</summary>
    /// <exception cref="UnsupportedException">The model_type, or a setting of it, is not supported.</exception>
    public static NetworkDescription Describe(ModelFolder folder, SafetensorsFolder weights)
    {
        IArchitecture architecture = Array.Find(All, a => a.ModelTypes.Contains(folder.ModelType)) ?? throw new UnsupportedException(
            $"{folder.Configuration.Path}: the model_type '{folder.ModelType}' is not supported; these are: {string.Join(", ", ModelTypes)}.", folder.FolderPath);
        return architecture.Describe(folder.Configuration, weights);
    }
}
