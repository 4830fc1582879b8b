using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>The families that are supported, by model_type.</summary>
internal static class ArchitectureCatalog
{
    private static readonly IArchitecture[] All =
    [
        new AlbertArchitecture(),
        new BertArchitecture(),
        new BloomArchitecture(),
        new CodeGenArchitecture(),
        new CohereArchitecture(),
        new Cohere2Architecture(),
        new DebertaV2Architecture(),
        new DeepSeekV2Architecture(),
        new DeepSeekV3Architecture(),
        new DistilBertArchitecture(),
        new ElectraArchitecture(),
        new Ernie45Architecture(),
        new EuroBertArchitecture(),
        new Exaone4Architecture(),
        new FalconArchitecture(),
        new FalconH1Architecture(),
        new GemmaArchitecture(),
        new Gemma2Architecture(),
        new Gemma3Architecture(),
        new Glm4Architecture(),
        new Glm4MoeArchitecture(),
        new Gpt2Architecture(),
        new GptJArchitecture(),
        new GptNeoXArchitecture(),
        new GptOssArchitecture(),
        new GraniteArchitecture(),
        new GraniteMoeArchitecture(),
        new GteArchitecture(),
        new Lfm2Architecture(),
        new LlamaArchitecture(),
        new Mamba2Architecture(),
        new MistralArchitecture(),
        new MixtralArchitecture(),
        new ModernBertArchitecture(),
        new MpnetArchitecture(),
        new NomicBertArchitecture(),
        new Olmo2Architecture(),
        new OlmoeArchitecture(),
        new PhiArchitecture(),
        new Phi3Architecture(),
        new Qwen2Architecture(),
        new Qwen2MoeArchitecture(),
        new Qwen3Architecture(),
        new Qwen3MoeArchitecture(),
        new RobertaArchitecture(),
        new SmolLm3Architecture(),
        new StableLmArchitecture(),
        new T5EncoderArchitecture(),
    ];

    /// <summary>Every supported model_type, sorted.</summary>
    public static IReadOnlyList<string> ModelTypes { get; } = [.. All.SelectMany(a => a.ModelTypes).Order(StringComparer.Ordinal)];

    /// <summary>Describes the network of a folder.</summary>
    /// <exception cref="UnsupportedException">The model_type, or a setting of it, is not supported.</exception>
    public static NetworkDescription Describe(ModelFolder folder, SafetensorsFolder weights)
    {
        IArchitecture architecture = Array.Find(All, a => a.ModelTypes.Contains(folder.ModelType)) ?? throw new UnsupportedException(
            $"{folder.Configuration.Path}: the model_type '{folder.ModelType}' is not supported; these are: {string.Join(", ", ModelTypes)}.", folder.FolderPath);
        return architecture.Describe(folder.Configuration, weights) with { Storage = StorageConfiguration.Read(folder.Configuration) };
    }
}
