using System.Security.Cryptography;
using System.Text;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Runtime.Embedding;

namespace Rag.Runtime.Sessions;

/// <summary>What a decoder's keys and values depend on beside the tokens.</summary>
/// <param name="Model">A hash of the weights' bytes and of the configuration.</param>
/// <param name="Arithmetic">How the matrices are held and multiplied.</param>
internal sealed record DecoderIdentity(string Model, string Arithmetic)
{
    /// <summary>Reads all weights the first time; see <see cref="WeightsIdentity"/>.</summary>
    /// <exception cref="UnavailableException">They cannot be read, or their hash cannot be kept in the cache.</exception>
    public static DecoderIdentity Of(ModelFolder folder, WeightPrecision precision, RuntimeOptions options, KeyValueScales? scales, CancellationToken cancellationToken)
    {
        using SafetensorsFolder weights = folder.OpenSource();
        string hash = new WeightsIdentity(Path.Combine(options.CacheDirectory, "rag-packed", "hashes")).Of(weights, cancellationToken);
        string model = Hash(hash + "\n" + folder.Configuration.Root.GetRawText());
        string arithmetic = precision == WeightPrecision.Single || !options.RoundActivations ? precision.ToString() : $"{precision}, activations rounded";
        return new DecoderIdentity(model, scales is null ? arithmetic : $"{arithmetic}, keys and values in eight bits by the scales {scales.Hash}");
    }

    /// <summary>The same of an adapter: of the bytes of its files as they are now.</summary>
    /// <exception cref="UnavailableException">They cannot be read.</exception>
    public static string OfAdapter(string folder) =>
        Hash(WeightsHash.OfFile(Path.Combine(folder, "adapter_config.json")) + WeightsHash.OfFile(Path.Combine(folder, "adapter_model.safetensors")));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
