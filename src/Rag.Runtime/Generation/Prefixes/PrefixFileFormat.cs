using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>The names in a file of a prefix.</summary>
internal static class PrefixFileFormat
{
    public const string Tokens = "tokens";
    public const string State = "state";
    public const string Checksum = "sha256";
    public const string VersionEntry = "rag.prefix.version";
    public const string ModelEntry = "rag.prefix.model";
    public const string ArithmeticEntry = "rag.prefix.arithmetic";
    public const string AdapterEntry = "rag.prefix.adapter";
    public const string RegimeEntry = "rag.prefix.regime";

    /// <summary>Goes up when the same prefix would be written otherwise, or rows lie otherwise.</summary>
    public const string Version = "1";

    public static string Rows(int start) => string.Create(CultureInfo.InvariantCulture, $"rows.{start}");

    public static Dictionary<string, string> Metadata(DecoderIdentity identity, string adapter, int regime) => new(StringComparer.Ordinal)
    {
        [VersionEntry] = Version,
        [ModelEntry] = identity.Model,
        [ArithmeticEntry] = identity.Arithmetic,
        [AdapterEntry] = adapter,
        [RegimeEntry] = regime.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A hash that the metadata has gone into.</summary>
    public static IncrementalHash BeginHash(IReadOnlyDictionary<string, string> metadata)
    {
        IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(key + "\n" + value + "\n"));
        }

        return hash;
    }
}
