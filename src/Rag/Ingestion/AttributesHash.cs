using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rag.Documents;

namespace Rag.Ingestion;

/// <summary>Tells whether what a source says of a document changed.</summary>
internal static class AttributesHash
{
    private const string Sign = "|attributes:";

    /// <summary>What is put behind a document's fingerprint; empty where nothing is said.</summary>
    public static string Suffix(DocumentAttributes attributes)
    {
        if (attributes.Metadata.Count == 0 && attributes.Access.Count == 0)
        {
            return "";
        }

        // Every part with its length before it, so that no two lists look the same.
        StringBuilder text = new();
        foreach ((string name, MetadataValue value) in attributes.Metadata)
        {
            Append(text, name);
            Append(text, value.Kind.ToString());
            foreach (string part in value.Texts ?? [value.ToString()])
            {
                Append(text, part);
            }
        }

        text.Append("access");
        foreach (string entry in attributes.Access.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Append(text, entry);
        }

        return Sign + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    /// <summary>A fingerprint without what <see cref="Suffix"/> put behind it.</summary>
    public static string Without(string fingerprint) =>
        fingerprint.LastIndexOf(Sign, StringComparison.Ordinal) is >= 0 and int at ? fingerprint[..at] : fingerprint;

    private static void Append(StringBuilder text, string part) => text.Append(CultureInfo.InvariantCulture, $"{part.Length}:").Append(part);
}
