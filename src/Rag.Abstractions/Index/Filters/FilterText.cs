using System.Collections.Frozen;
using System.Globalization;
using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>How names and values are written in a filter's text form.</summary>
internal static class FilterText
{
    private static readonly FrozenSet<string> Words = FrozenSet.ToFrozenSet(
        ["and", "or", "not", "in", "startswith", "contains", "exists", "true", "false"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a word of this form says what to do, so that it is a name only in double quotes.</summary>
    public static bool IsWord(string name) => Words.Contains(name);

    /// <summary>Whether a name may begin with it.</summary>
    public static bool BeginsName(char c) => c == '_' || char.IsLetter(c);

    /// <summary>Whether it may follow in a name.</summary>
    public static bool ContinuesName(char c) => c is '_' or '-' or '.' || char.IsLetterOrDigit(c);

    public static string Name(string name) =>
        BeginsName(name[0]) && name.All(ContinuesName) && !IsWord(name) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Value(MetadataValue value) => value.Kind switch
    {
        MetadataKind.Text => $"'{value.Text!.Replace("'", "''", StringComparison.Ordinal)}'",
        MetadataKind.Time => "@" + value,
        MetadataKind.Real when value.Real!.Value.ToString("R", CultureInfo.InvariantCulture) is var text => text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0",
        _ => value.ToString(),
    };

    /// <summary>The parts, and in the place of one of the same kind its own.</summary>
    public static MetadataFilter[] Flatten(IEnumerable<MetadataFilter> parts, Func<MetadataFilter, IReadOnlyList<MetadataFilter>?> own)
    {
        ArgumentNullException.ThrowIfNull(parts);
        MetadataFilter[] flat = [.. parts.SelectMany(part => own(part ?? throw new ArgumentNullException(nameof(parts))) ?? [part]).Take(MetadataFilter.MaxSize + 1)];
        return flat.Length >= 2 ? flat : throw new ArgumentException("And and or join at least two parts.", nameof(parts));
    }
}
