using System.Text.Json;
using Rag.Models.Architectures;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Facts;

/// <summary>What a model's files say about it, without reading its weights.</summary>
public sealed record ModelFacts
{
    private const int MaxCardBytes = 1 << 20;
    private const int MaxTokenizerBytes = 256 << 20;

    /// <summary>The folder or the GGUF file.</summary>
    public required string FolderPath { get; init; }

    /// <summary>The family, such as "llama".</summary>
    public required string ModelType { get; init; }

    /// <summary>"decoder" or "encoder"; null where the family is not supported.</summary>
    public string? Kind { get; init; }

    /// <summary>Why it cannot be run; null where it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Numbers in its weights, packed ones counted one by one, without scales and zeros.</summary>
    public required long Parameters { get; init; }

    /// <summary>Layers; null where the family is not supported, as are the next three.</summary>
    public int? Layers { get; init; }

    /// <summary>The width of a hidden state.</summary>
    public int? HiddenSize { get; init; }

    /// <summary>Rows of the table of word embeddings.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>The most tokens of a sequence.</summary>
    public int? ContextLength { get; init; }

    /// <summary>The kind of tokenizer, such as "BPE", "Unigram" or GGUF's "gpt2"; null where there is none.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Whether it brings a chat template.</summary>
    public bool HasChatTemplate { get; init; }

    /// <summary>What the model's card or metadata call its licence; null where they say nothing.</summary>
    public string? License { get; init; }

    /// <summary>What weights are stored as, the largest part first.</summary>
    public required IReadOnlyList<StorageFacts> Storage { get; init; }

    /// <summary>Reads them.</summary>
    /// <exception cref="UnavailableException">There are no weights.</exception>
    /// <exception cref="CorruptException">A file is damaged.</exception>
    public static ModelFacts Read(ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using SafetensorsFolder weights = folder.OpenSource();
        NetworkDescription? network = null;
        string? problem = null;
        try
        {
            network = ArchitectureCatalog.Describe(folder, weights);
        }
        catch (Exception e) when (e is UnsupportedException or IncompatibleException)
        {
            problem = e.Message;
        }

        return new ModelFacts
        {
            FolderPath = folder.FolderPath,
            ModelType = folder.ModelType,
            Kind = network is null ? null : network.Kind == NetworkKind.Decoder ? "decoder" : "encoder",
            Problem = problem,
            Parameters = weights.Names.Sum(name => StoredNumbers.Count(weights, weights.Find(name)!)),
            Layers = network?.Layers.Count,
            HiddenSize = network?.HiddenSize,
            VocabularySize = network?.VocabularySize,
            ContextLength = network?.MaxPositions,
            Tokenizer = ReadTokenizer(folder),
            HasChatTemplate = folder.Tokenizer.ChatTemplate is not null,
            License = ReadLicense(folder),
            Storage = ReadStorage(folder, weights),
        };
    }

    private static List<StorageFacts> ReadStorage(ModelFolder folder, SafetensorsFolder weights)
    {
        IEnumerable<(string Type, long Bytes)> all;
        if (folder.IsGguf)
        {
            using GgufFileSet files = GgufFileSet.Open(folder.FolderPath);
            all = [.. files.Tensors.Select(tensor => (tensor.TypeName, tensor.Length))];
        }
        else
        {
            all = weights.Names.Select(name => weights.Find(name)!).Select(tensor => (TensorDataTypes.NameOf(tensor.DataType), tensor.Length));
        }

        return [.. all.GroupBy(tensor => tensor.Type, StringComparer.Ordinal)
            .Select(group => new StorageFacts(group.Key, group.Count(), group.Sum(tensor => tensor.Bytes)))
            .OrderByDescending(group => group.Bytes).ThenBy(group => group.Type, StringComparer.Ordinal)];
    }

    private static string? ReadTokenizer(ModelFolder folder)
    {
        if (folder.TokenizerPath is not { } path)
        {
            return folder.GgufTokenizer?.Model;
        }

        using JsonDocument document = BoundedJson.Read(path, MaxTokenizerBytes);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("model", out JsonElement model)
            && model.ValueKind == JsonValueKind.Object && model.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : "of an unnamed kind";
    }

    // "license: apache-2.0" between the first two lines "---" of README.md, as the hub has it.
    private static string? ReadLicense(ModelFolder folder)
    {
        if (folder.IsGguf)
        {
            using GgufFileSet files = GgufFileSet.Open(folder.FolderPath);
            return files.Metadata.Contains("general.license") ? files.Metadata.Text("general.license") : null;
        }

        FileInfo card = new(Path.Combine(folder.FolderPath, "README.md"));
        if (!card.Exists || card.Length > MaxCardBytes)
        {
            return null;
        }

        string[] lines = File.ReadAllLines(card.FullName);
        return lines.Length == 0 || lines[0].Trim() != "---"
            ? null
            : lines.Skip(1).TakeWhile(line => line.Trim() != "---").FirstOrDefault(line => line.StartsWith("license:", StringComparison.Ordinal))?["license:".Length..].Trim().Trim('"', '\'');
    }
}
