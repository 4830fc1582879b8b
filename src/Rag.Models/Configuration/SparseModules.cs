using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>Checks that a sparse encoder pools in the one way that its head computes (sentence-transformers, sparse_encoder/models/SpladePooling.py).</summary>
internal static class SparseModules
{
    /// <summary>Checks the files of a folder; one without modules.json is taken as it is.</summary>
    /// <exception cref="UnsupportedException">The folder states another way.</exception>
    public static void Check(string folder)
    {
        string path = Path.Combine(folder, "modules.json");
        if (!File.Exists(path))
        {
            return;
        }

        using JsonDocument modules = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        foreach (JsonElement item in modules.RootElement.ValueKind == JsonValueKind.Array ? modules.RootElement.EnumerateArray() : [])
        {
            ModelConfiguration module = new(item, path);
            if (module.RequireString("type").Split('.')[^1] == "SpladePooling")
            {
                CheckPooling(Path.Combine(folder, SentenceModules.FolderName(module), "config.json"));
            }
        }
    }

    private static void CheckPooling(string path)
    {
        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        ModelConfiguration config = new(document.RootElement, path);
        foreach ((string key, string supported) in ((string, string)[])[("pooling_strategy", "max"), ("activation_function", "relu")])
        {
            if (config.String(key) is { } value && value != supported)
            {
                throw new UnsupportedException($"{path}: {key} '{value}' is not supported; '{supported}' is.", path);
            }
        }
    }
}
