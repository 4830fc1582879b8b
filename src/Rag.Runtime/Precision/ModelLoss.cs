using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Facts;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Precision;

/// <summary>
/// What packing a model's weights loses on a text, measured once: the result is kept beside the packed weights. Stateless.
/// </summary>
public static class ModelLoss
{
    private const int MaxRecordBytes = 4096;

    /// <summary>A text of the project's own, of many kinds: prose, questions, a table, code; about 1,100 tokens.</summary>
    public static string DefaultText { get; } = ReadDefaultText();

    /// <summary>Measures, or finds what was measured before.</summary>
    /// <param name="folder">The model; it needs a tokenizer.</param>
    /// <param name="text">What to predict; null for <see cref="DefaultText"/>.</param>
    /// <param name="runtime">How to run it; its <see cref="RuntimeOptions.Weights"/> are compared with single precision, Auto as <see cref="WeightPrecision.Int8"/>.</param>
    /// <param name="options">How the text is read; null for the defaults.</param>
    /// <param name="progress">Told the share that is done, 0 to 1; null for nobody.</param>
    /// <param name="packing">Told while weights are packed; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UnavailableException">The model has no tokenizer, or the text is too short.</exception>
    public static PrecisionLoss Measure(
        ModelFolder folder, string? text, RuntimeOptions runtime, PrecisionLossOptions? options = null,
        IProgress<double>? progress = null, IProgress<WeightPackingProgress>? packing = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(runtime);
        options ??= new PrecisionLossOptions();
        int[] tokens = [.. FolderTokenizer.Load(folder).Encode(text ?? DefaultText).Ids];
        if (tokens.Length < 2)
        {
            throw new UnavailableException("The text has less than two tokens; there is nothing to predict.", folder.FolderPath);
        }

        WeightPrecision precision = OnnxDecoderModel.Resolve(runtime.Weights);
        string? record = Record(folder, precision, runtime, tokens, options);
        if (record is not null && Read(record) is { } known)
        {
            return known;
        }

        PrecisionLoss loss = Compare(folder, tokens, runtime, options, progress, packing, cancellationToken);
        if ((record ?? Record(folder, precision, runtime, tokens, options)) is { } path)
        {
            Write(path, loss);
        }

        return loss;
    }

    private static PrecisionLoss Compare(
        ModelFolder folder, int[] tokens, RuntimeOptions runtime, PrecisionLossOptions options,
        IProgress<double>? progress, IProgress<WeightPackingProgress>? packing, CancellationToken cancellationToken)
    {
        using OnnxDecoderModel packed = OnnxDecoderModel.Load(folder, runtime.With(OnnxDecoderModel.Resolve(runtime.Weights)), progress: packing, cancellationToken: cancellationToken);
        RuntimeOptions single = new()
        {
            Device = runtime.Device,
            Threads = runtime.Threads,
            AllowSpinning = runtime.AllowSpinning,
            PrefillChunk = runtime.PrefillChunk,
            MaxPositions = runtime.MaxPositions,
            KeepScratchMemory = runtime.KeepScratchMemory,
            CacheDirectory = runtime.CacheDirectory,
        };
        using OnnxDecoderModel exact = OnnxDecoderModel.Load(folder, single, cancellationToken: cancellationToken);
        return PrecisionComparison.Measure(exact, packed, tokens, options, progress, cancellationToken);
    }

    // Where the result is kept; null where there are no packed weights to keep it beside.
    private static string? Record(ModelFolder folder, WeightPrecision precision, RuntimeOptions runtime, int[] tokens, PrecisionLossOptions options)
    {
        if (precision == WeightPrecision.Single || PackingFacts.CacheOf(folder, precision, runtime.CacheDirectory) is not { } cache)
        {
            return null;
        }

        string key = $"{options.WindowTokens} {options.MaxTokens} {runtime.RoundActivations} {string.Join(' ', tokens)}";
        return Path.Combine(cache, $"loss-{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)))[..16]}.json");
    }

    private static PrecisionLoss? Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: < MaxRecordBytes } ? JsonSerializer.Deserialize<PrecisionLoss>(File.ReadAllBytes(path)) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Kept for the next time; where that fails, it is measured again.
    private static void Write(string path, PrecisionLoss loss)
    {
        try
        {
            string unfinished = path + ".partial";
            File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(loss));
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private static string ReadDefaultText()
    {
        using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream("Rag.Runtime.LossText.txt")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
