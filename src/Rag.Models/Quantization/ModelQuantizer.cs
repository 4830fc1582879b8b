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
    /// <param name="progress">Told how far it is, on the thread that works; null for nobody.</param>
    /// <param name="cancellationToken">Ends the work, also within a tensor; nothing is left behind then.</param>
    /// <remarks>The result is held in memory until it is written, and the folder appears whole or not at all.</remarks>
    /// <exception cref="UnavailableException">The folder or a file is not there, or <paramref name="destination"/> is not empty or cannot be written.</exception>
    /// <exception cref="UnsupportedException">The family is not supported, or a tensor is quantised already or too large in value.</exception>
    /// <exception cref="IncompatibleException">The folder named for the word embeddings has none.</exception>
    /// <exception cref="CorruptException">A file breaks its format, or a weight is not finite.</exception>
    public static QuantizationSummary Quantize(
        string folder, string destination, ModelQuantizerOptions? options = null, IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new ModelQuantizerOptions();
        options.Validate();
        ModelFolder model = ModelFolder.Open(folder);
        IReadOnlyList<string> modules = SentenceModules.Files(model.FolderPath);
        using var output = OutputFolder.Create(destination, [.. CopiedFiles, .. modules, WeightsFile, WeightsFile + ".partial"]);
        using SafetensorsFolder weights = model.OpenWeights();
        NetworkDescription network = ArchitectureCatalog.Describe(model, weights);
        string words = network.Embedding.Tokens.Name;
        using SafetensorsFolder? otherWeights = weights.Find(words) is null && options.WordEmbeddingsFolder is { } other ? SafetensorsFolder.Open(other) : null;
        TensorInfo? borrowed = otherWeights is null ? null : BorrowedTensor.Find(words, otherWeights).Tensor;
        QuantizationWatch watch = new(progress, weights.Names.Sum(name => weights.Find(name)!.Length) + (borrowed?.Length ?? 0), cancellationToken);
        TensorQuantizer quantizer = new(words == network.Head?.Weight.Name ? null : words, watch);
        foreach (string name in weights.Names.Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            quantizer.Add(name, weights, weights.Find(name)!);
        }

        if (borrowed is not null)
        {
            quantizer.Add(words, otherWeights!, borrowed);
        }

        Write(model.FolderPath, modules, output.FolderPath, quantizer.Contents, cancellationToken);
        return new QuantizationSummary(
            output.Complete(), quantizer.Int8Tensors, quantizer.Int4Tensors, quantizer.OtherTensors, quantizer.SourceBytes, quantizer.Contents.Sum(tensor => (long)tensor.Bytes.Length));
    }

    private static void Write(string source, IReadOnlyList<string> modules, string destination, IReadOnlyList<TensorContent> tensors, CancellationToken cancellationToken)
    {
        try
        {
            foreach (string name in CopiedFiles.Where(name => File.Exists(Path.Combine(source, name))))
            {
                File.WriteAllBytes(Target(destination, name), BoundedJson.ReadBytes(Path.Combine(source, name), ModelFolder.MaxJsonBytes));
            }

            // What follows the pooling is small, and stays as it is.
            foreach (string name in modules)
            {
                cancellationToken.ThrowIfCancellationRequested();
                File.Copy(Path.Combine(source, name), Target(destination, name));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The folder {destination} cannot be written: {e.Message}", destination, e);
        }

        StreamedTensor Streamed(TensorContent tensor) => new(tensor.Name, tensor.DataType, tensor.Shape, tensor.Bytes.Length, stream =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(tensor.Bytes.Span);
        });
        SafetensorsWriter.WriteStreamed(Path.Combine(destination, WeightsFile), [.. tensors.Select(Streamed)], new Dictionary<string, string>
        {
            [QuantizedFormat.VersionKey] = QuantizedFormat.Version,
            [QuantizedFormat.SchemeKey] = QuantizedFormat.Scheme,
        });
    }

    private static string Target(string destination, string name)
    {
        string path = Path.Combine(destination, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
