using System.Text;
using System.Text.Json;
using Rag.Models.Configuration;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Gguf.Mapping;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models;

/// <summary>
/// A model as it is published: config.json, weights, tokenizer and the small files beside them, or all of that in a GGUF file.
/// Opening reads and checks the configuration; weights are opened on demand. Immutable and thread-safe.
/// </summary>
public sealed class ModelFolder
{
    internal const int MaxJsonBytes = 32 << 20;
    private const string GgufExtension = ".gguf";

    private readonly GgufModel? _gguf;

    private ModelFolder(string path, ModelConfiguration configuration, GgufModel? gguf = null)
    {
        FolderPath = path;
        Configuration = configuration;
        _gguf = gguf;
    }

    /// <summary>The folder or the GGUF file, as a full path.</summary>
    public string FolderPath { get; }

    /// <summary>The architecture's name from config.json, such as "llama" or "bert".</summary>
    public string ModelType => Configuration.ModelType;

    /// <summary>Begin, end and padding ids.</summary>
    public GenerationConfiguration Generation { get; private init; } = null!;

    /// <summary>What tokenizer_config.json says; empty where there is none.</summary>
    public TokenizerConfiguration Tokenizer { get; private init; } = null!;

    /// <summary>What sentence-transformers' files say; null where the folder has none.</summary>
    public SentenceTransformerConfiguration? SentenceTransformer { get; private init; }

    /// <summary>The path of tokenizer.json; null where there is none.</summary>
    public string? TokenizerPath { get; private init; }

    /// <summary>The pieces of the tokenizer that a GGUF file holds; null for a folder, and where the file holds none.</summary>
    public GgufTokenizer? GgufTokenizer => _gguf?.Tokenizer;

    internal ModelConfiguration Configuration { get; }

    /// <summary>Opens a folder or a GGUF file with the default options.</summary>
    /// <inheritdoc cref="Open(string, GgufOptions)"/>
    public static ModelFolder Open(string path) => Open(path, new GgufOptions());

    /// <summary>Opens a folder or a GGUF file.</summary>
    /// <param name="path">The folder that holds config.json, or a GGUF file; of a split one, any part.</param>
    /// <param name="options">How a GGUF file is opened.</param>
    /// <exception cref="UnavailableException">There is no such folder or file, or the folder has no config.json.</exception>
    /// <exception cref="CorruptException">A configuration file, or the GGUF file, is damaged.</exception>
    /// <exception cref="UnsupportedException">The GGUF file is of an architecture, version or type that is not supported.</exception>
    public static ModelFolder Open(string path, GgufOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        string folder = Path.GetFullPath(path);
        if (folder.EndsWith(GgufExtension, StringComparison.OrdinalIgnoreCase) && File.Exists(folder))
        {
            GgufModel gguf = GgufModel.Open(folder, options);
            return new ModelFolder(folder, gguf.Configuration, gguf)
            {
                Generation = GenerationConfiguration.Read(null, gguf.Configuration),
                Tokenizer = gguf.TokenizerConfiguration(),
            };
        }

        if (!Directory.Exists(folder))
        {
            throw new UnavailableException($"There is no model folder {folder}.", folder);
        }

        ModelConfiguration configuration = ReadOptional(folder, "config.json")
            ?? throw new UnavailableException($"The model folder {folder} has no config.json.", folder);
        _ = configuration.ModelType;
        ModelConfiguration? tokenizer = ReadOptional(folder, "tokenizer_config.json");
        string tokenizerPath = Path.Combine(folder, "tokenizer.json");
        return new ModelFolder(folder, configuration)
        {
            Generation = GenerationConfiguration.Read(ReadOptional(folder, "generation_config.json"), configuration),
            Tokenizer = TokenizerConfiguration.Read(tokenizer, ReadTemplate(folder)),
            SentenceTransformer = SentenceTransformerConfiguration.Read(folder),
            TokenizerPath = File.Exists(tokenizerPath) ? tokenizerPath : null,
        };
    }

    /// <summary>
    /// Opens the weights; the caller disposes them. Those of a GGUF file are converted the first time and kept below
    /// <see cref="GgufOptions.CacheDirectory"/>.
    /// </summary>
    /// <exception cref="UnavailableException">The folder has no weights, or lacks a shard, or the cache cannot be written.</exception>
    /// <exception cref="CorruptException">A file breaks the format.</exception>
    public SafetensorsFolder OpenWeights() => _gguf?.OpenWeights() ?? SafetensorsFolder.Open(FolderPath);

    /// <summary>Opens the weights where they are, for who reads them once: those of a GGUF file are not converted for a graph to refer to.</summary>
    internal SafetensorsFolder OpenSource() => _gguf?.OpenSource() ?? SafetensorsFolder.Open(FolderPath);

    private static ModelConfiguration? ReadOptional(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        using JsonDocument document = BoundedJson.Read(path, MaxJsonBytes);
        return new ModelConfiguration(document.RootElement.Clone(), path);
    }

    private static string? ReadTemplate(string folder)
    {
        string path = Path.Combine(folder, "chat_template.jinja");
        FileInfo file = new(path);
        if (!file.Exists || file.Length == 0)
        {
            return null;
        }

        return file.Length <= MaxJsonBytes
            ? File.ReadAllText(path, Encoding.UTF8)
            : throw new LimitExceededException(nameof(MaxJsonBytes), MaxJsonBytes, file.Length, path);
    }
}
