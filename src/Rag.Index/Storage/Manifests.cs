using System.Text.Json;

namespace Rag.Index.Storage;

/// <summary>The manifest's stored form, and how two manifests differ, in words.</summary>
internal static class Manifests
{
    public static string Write(IndexManifest manifest) => JsonSerializer.Serialize(manifest, IndexJson.Default.IndexManifest);

    public static IndexManifest? Read(string? json, string location)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json, IndexJson.Default.IndexManifest) ?? throw SqliteErrors.Damaged(location, "has lost its manifest");
        }
        catch (JsonException error)
        {
            throw SqliteErrors.Damaged(location, "has an unreadable manifest", error);
        }
    }

    /// <summary>Each thing that differs, such as "dimensions 384 there, 768 here"; empty where nothing does.</summary>
    public static IReadOnlyList<string> Differences(IndexManifest stored, IndexManifest given)
    {
        List<string> found = [];
        Compare(found, "vectors", "", stored.Embedding, given.Embedding);
        Compare(found, "sparse vectors", "sparse vectors' ", stored.Sparse, given.Sparse);
        Compare(found, "token vectors", "token vectors' ", stored.Tokens, given.Tokens);
        Compare(found, "chunker", stored.ChunkerFingerprint, given.ChunkerFingerprint);
        Compare(found, "analyzer", stored.AnalyzerFingerprint, given.AnalyzerFingerprint);
        return found;
    }

    private static void Compare(List<string> found, string kind, string of, EmbeddingIdentity? there, EmbeddingIdentity? here)
    {
        if (there is null || here is null)
        {
            if (there != here)
            {
                found.Add($"{kind}: {there?.Model ?? "none"} there, {here?.Model ?? "none"} here");
            }

            return;
        }

        Compare(found, of + "embedding model", there.Model, here.Model);
        Compare(found, of + "weights", there.WeightsHash, here.WeightsHash);
        Compare(found, of + "pooling", there.Pooling, here.Pooling);
        Compare(found, of + "dimensions", there.Dimensions, here.Dimensions);
        Compare(found, of + "most tokens of an input", there.MaxTokens, here.MaxTokens);
        Compare(found, of + "question prefix", there.QueryPrefix, here.QueryPrefix);
        Compare(found, of + "passage prefix", there.DocumentPrefix, here.DocumentPrefix);
        Compare(found, of + "vector metric", there.Metric, here.Metric);
    }

    private static void Compare<T>(List<string> found, string name, T there, T here)
    {
        if (!EqualityComparer<T>.Default.Equals(there, here))
        {
            found.Add($"{name}: \"{there}\" there, \"{here}\" here");
        }
    }
}
