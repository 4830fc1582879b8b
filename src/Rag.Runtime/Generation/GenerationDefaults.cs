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
        bool samples = root.TryGetProperty("do_sample", out JsonElement sample) && sample.ValueKind == JsonValueKind.True;
        SamplingOptions options = samples ? new SamplingOptions { Temperature = 1, TopK = 50 } : new SamplingOptions();
        foreach (JsonProperty property in root.EnumerateObject())
        {
            SamplingProperties.ApplyDefault(options, property, samples);
        }

        options.Validate();
        return options;
    }
}
