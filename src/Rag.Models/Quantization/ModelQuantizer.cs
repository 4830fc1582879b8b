using Rag.Models.Architectures;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Models.Quantization;

/// <summary>
/// Turns a model folder into one of about a half (from F16) to a quarter (from F32) of its size that loads like any other:
/// every matrix int8 with one scale a row, word embeddings that serve for looking up alone int4 with one scale for 32 values
/// of a row, vectors f16. Rounding is to the nearest; a row's scale is max|value| / 127, that of 32 values the one of some with
/// the least squared error. No data is needed. Stateless.
/// </summary>
public static class ModelQuantizer
{
    private const string WeightsFile = "model.safetensors";

    // What the loaders read beside the weights.
    private static readonly string[] CopiedFiles =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
        "modules.json", "config_sentence_transformers.json", .. SentenceTransformerConfiguration.LengthFiles,
    ];

    /// <summary>Quantises a folder.</summary>
    /// <param name="folder">The model, of a supported family, in F32, F16 or BF16.</param>
    /// <param name="destination">The folder to write; it must be empty or not there yet.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work; nothing has been written then.</param>
    /// <remarks>The result is held in memory until it is written.</remarks>
    /// <exception cref="UnavailableException">The folder or a file is not there, or <paramref name="destination"/> is not empty or cannot be written.</exception>
    /// <exception cref="UnsupportedException">The family is not supported, or a tensor is quantised already or too large in value.</exception>
    /// <exception cref="IncompatibleException">The folder named for the word embeddings has none.</exception>
    /// <exception cref="CorruptException">A file breaks its format, or a weight is not finite.</exception>
    public static QuantizationSummary Quantize(string folder, string destination, ModelQuantizerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new ModelQuantizerOptions();
        options.Validate();
        destination = Path.GetFullPath(destination);
        if (Directory.Exists(destination) && Directory.EnumerateFileSystemEntries(destination).Any())
        {
            throw new UnavailableException($"The folder {destination} is not empty; name a new one for the quantised model.", destination);
        }

        ModelFolder model = ModelFolder.Open(folder);
        using SafetensorsFolder weights = model.OpenWeights();
        NetworkDescription network = ArchitectureCatalog.Describe(model, weights);
        string words = network.Embedding.Tokens.Name;
        TensorQuantizer quantizer = new(words == network.Head?.Weight.Name ? null : words);
        foreach (string name in weights.Names.Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            quantizer.Add(name, weights, weights.Find(name)!);
        }

        if (weights.Find(words) is null && options.WordEmbeddingsFolder is { } other)
        {
            using SafetensorsFolder otherWeights = SafetensorsFolder.Open(other);
            quantizer.Add(words, otherWeights, BorrowedTensor.Find(words, otherWeights).Tensor);
        }

        cancellationToken.ThrowIfCancellationRequested();
        Write(model.FolderPath, destination, quantizer.Contents);
        return new QuantizationSummary(
            destination, quantizer.Int8Tensors, quantizer.Int4Tensors, quantizer.OtherTensors, quantizer.SourceBytes, quantizer.Contents.Sum(tensor => (long)tensor.Bytes.Length));
    }

    private static void Write(string source, string destination, IReadOnlyList<TensorContent> tensors)
    {
        try
        {
            Directory.CreateDirectory(destination);
            foreach (string name in CopiedFiles.Where(name => File.Exists(Path.Combine(source, name))))
            {
                string copy = Path.Combine(destination, name);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.WriteAllBytes(copy, BoundedJson.ReadBytes(Path.Combine(source, name), ModelFolder.MaxJsonBytes));
            }

            // What follows the pooling is small, and stays as it is.
            foreach (string name in SentenceModules.Files(source))
            {
                string copy = Path.Combine(destination, name);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Path.Combine(source, name), copy);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The folder {destination} cannot be written: {e.Message}", destination, e);
        }

        SafetensorsWriter.Write(Path.Combine(destination, WeightsFile), tensors, new Dictionary<string, string>
        {
            [QuantizedFormat.VersionKey] = QuantizedFormat.Version,
            [QuantizedFormat.SchemeKey] = QuantizedFormat.Scheme,
        });
    }
}
