using Rag.Models.Architectures;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Packing;

namespace Rag.Models.Facts;

/// <summary>How the weights of a decoder are run in a precision, and whether they lie packed in the cache.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="Groups">What is held as what, the largest part first.</param>
/// <param name="CacheFolder">The folder in the cache; null where nothing is there yet.</param>
public sealed record PackingFacts(WeightPrecision Precision, IReadOnlyList<PackingGroup> Groups, string? CacheFolder)
{
    /// <summary>Finds out. Weights are read where that decides; they are not where they lie packed already.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="precision">One that packs: not Single, Auto or Half.</param>
    /// <param name="cacheDirectory">The folder of the cache; see Rag.Runtime.Sessions.RuntimeOptions.CacheDirectory.</param>
    /// <exception cref="UnsupportedException">The model is no decoder of a supported family.</exception>
    public static PackingFacts Read(ModelFolder folder, WeightPrecision precision, string cacheDirectory)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (precision is not (WeightPrecision.Stored or WeightPrecision.Int8 or WeightPrecision.Int4 or WeightPrecision.Int8Rows))
        {
            throw new ArgumentOutOfRangeException(nameof(precision), precision, "This precision packs nothing.");
        }

        using SafetensorsFolder weights = folder.OpenSource();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        if (network.Kind != NetworkKind.Decoder)
        {
            throw new UnsupportedException($"{folder.FolderPath} is no decoder; the weights of encoders are not packed.", folder.FolderPath);
        }

        PackedWeightCache cache = new(new PackingOptions(precision, true, cacheDirectory));
        return cache.KnownFolder(folder, weights) is { } known && PackedWeightCache.Groups(known) is { } groups
            ? new PackingFacts(precision, groups, known)
            : new PackingFacts(precision, cache.Plan(network, weights).Groups(), null);
    }

    /// <summary>The folder of a model's packed weights, found without reading the model's; null where there are none.</summary>
    internal static string? CacheOf(ModelFolder folder, WeightPrecision precision, string cacheDirectory)
    {
        using SafetensorsFolder weights = folder.OpenSource();
        return new PackedWeightCache(new PackingOptions(precision, true, cacheDirectory)).KnownFolder(folder, weights);
    }
}
