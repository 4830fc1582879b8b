using System.Text.Json;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Generation;

/// <summary>What generation_config.json says about choosing tokens, with the defaults of transformers.</summary>
internal static class GenerationDefaults
{
    private const long MaxBytes = 1 << 20;

    /// <summary>Reads the file of a model folder; greedy where there is none or it does not have "do_sample".</summary>
    /// <exception cref="CorruptException">A value is not of its kind or out of range.</exception>
    public static SamplingOptions Read(string folder)
    {
        string path = Path.Combine(folder, "generation_config.json");
        FileInfo file = new(path);
        if (!file.Exists)
        {
            return new SamplingOptions();
        }

        if (file.Length > MaxBytes)
        {
            throw new LimitExceededException(nameof(MaxBytes), MaxBytes, file.Length, path);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new CorruptException($"{path} cannot be read: {exception.Message}", path, innerException: exception);
        }
    }

    private static SamplingOptions Read(JsonElement root)
    {
        SamplingOptions options = new() { RepetitionPenalty = Number(root, "repetition_penalty") ?? 1 };
        if (root.TryGetProperty("do_sample", out JsonElement sample) && sample.ValueKind == JsonValueKind.True)
        {
            options.Temperature = Number(root, "temperature") ?? 1;
            options.TopK = (int)(Number(root, "top_k") ?? 50);
            options.TopP = Number(root, "top_p") ?? 1;
            options.MinP = Number(root, "min_p") ?? 0;
        }

        options.Validate();
        return options;
    }

    private static float? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.GetSingle() : null;
}
