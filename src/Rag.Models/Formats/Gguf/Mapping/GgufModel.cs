using System.Text.Json;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>A model in GGUF, seen as the Hugging Face checkpoint that it was made from. Immutable and thread-safe.</summary>
internal sealed class GgufModel
{
    private readonly string _path;
    private readonly GgufOptions _options;

    private GgufModel(string path, GgufOptions options, ModelConfiguration configuration, GgufTokenizer? tokenizer)
    {
        (_path, _options, Configuration, Tokenizer) = (path, options, configuration, tokenizer);
    }

    /// <summary>What config.json would say.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>The pieces of the tokenizer; null where the file holds no vocabulary.</summary>
    public GgufTokenizer? Tokenizer { get; }

    public static GgufModel Open(string path, GgufOptions options)
    {
        options.Validate();
        using GgufFileSet files = GgufFileSet.Open(path);
        (GgufFamily family, GgufSettings settings) = GgufFamilies.Of(files);
        GgufTokenizer? tokenizer = GgufTokenizer.Read(files.Metadata);
        using JsonDocument config = JsonDocument.Parse(GgufConfiguration.Write(family, settings, tokenizer).ToJsonString());
        return new GgufModel(path, options, new ModelConfiguration(config.RootElement.Clone(), path), tokenizer);
    }

    /// <summary>Opens the weights under the checkpoint's names, converted now where they were not before.</summary>
    public SafetensorsFolder OpenWeights()
    {
        using GgufFileSet files = GgufFileSet.Open(_path);
        (GgufFamily family, GgufSettings settings) = GgufFamilies.Of(files);
        return SafetensorsFolder.Open(new GgufWeightCache(_options.CacheDirectory).Folder(files, new TensorMap(family, settings).Tensors));
    }

    /// <summary>Opens the weights under the checkpoint's names, where they are: each is converted whenever it is read.</summary>
    public SafetensorsFolder OpenSource()
    {
        GgufFileSet files = GgufFileSet.Open(_path);
        try
        {
            (GgufFamily family, GgufSettings settings) = GgufFamilies.Of(files);
            return SafetensorsFolder.Of(_path, new GgufTensors(files, new TensorMap(family, settings).Tensors()));
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>What tokenizer_config.json would say.</summary>
    public TokenizerConfiguration TokenizerConfiguration() => Tokenizer is null ? new() : new()
    {
        ChatTemplate = Tokenizer.ChatTemplate,
        BosToken = Tokenizer.TokenOf(Tokenizer.BosTokenId),
        EosToken = Tokenizer.TokenOf(Tokenizer.EosTokenIds is [var eos, ..] ? eos : null),
        PadToken = Tokenizer.TokenOf(Tokenizer.PaddingTokenId),
        UnknownToken = Tokenizer.TokenOf(Tokenizer.UnknownTokenId),
    };
}
