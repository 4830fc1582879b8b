using System.Globalization;

namespace Rag.Documents;

/// <summary>
/// One typed value of a document's metadata. Immutable; equal where type and content are equal. How values of different types
/// compare in a filter, <see cref="CompareTo(MetadataValue)"/> says.
/// </summary>
public sealed class MetadataValue : IEquatable<MetadataValue>
{
    /// <summary>Longest text, and longest text of a set, in UTF-16 code units.</summary>
    public const int MaxTextLength = 1024;

    /// <summary>Most texts of a set.</summary>
    public const int MaxTexts = 256;

    private readonly string[] _texts;
    private readonly long _integer;
    private readonly double _real;

    private MetadataValue(MetadataKind kind, string[]? texts = null, long integer = 0, double real = 0)
    {
        (Kind, _texts, _integer, _real) = (kind, texts ?? [], integer, real);
    }

    /// <summary>Its type; of the properties below the one of that name is not null.</summary>
    public MetadataKind Kind { get; }

    /// <summary>The text.</summary>
    public string? Text => Kind == MetadataKind.Text ? _texts[0] : null;

    /// <summary>The whole number.</summary>
    public long? Integer => Kind == MetadataKind.Integer ? _integer : null;

    /// <summary>The number; finite.</summary>
    public double? Real => Kind == MetadataKind.Real ? _real : null;

    /// <summary>True or false.</summary>
    public bool? Boolean => Kind == MetadataKind.Boolean ? _integer != 0 : null;

    /// <summary>The moment, in UTC.</summary>
    public DateTimeOffset? Time => Kind == MetadataKind.Time ? new DateTimeOffset(_integer, TimeSpan.Zero) : null;

    /// <summary>The texts, each once, in ordinal order.</summary>
    public IReadOnlyList<string>? Texts => Kind == MetadataKind.Texts ? _texts : null;

    /// <summary>A text.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxTextLength"/> or holds half a surrogate pair.</exception>
    public static MetadataValue Of(string value) => new(MetadataKind.Text, [Check(value)]);

    /// <summary>A whole number.</summary>
    public static MetadataValue Of(long value) => new(MetadataKind.Integer, integer: value);

    /// <summary>A number.</summary>
    /// <exception cref="ArgumentException">It is not finite.</exception>
    public static MetadataValue Of(double value) => double.IsFinite(value)
        ? new(MetadataKind.Real, real: value == 0 ? 0 : value)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A number of a document's metadata is finite.");

    /// <summary>True or false.</summary>
    public static MetadataValue Of(bool value) => new(MetadataKind.Boolean, integer: value ? 1 : 0);

    /// <summary>A moment.</summary>
    public static MetadataValue Of(DateTimeOffset value) => new(MetadataKind.Time, integer: value.UtcTicks);

    /// <summary>A set of texts; one that comes twice counts once.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MaxTexts"/>, or one of them is not fit to be a text.</exception>
    public static MetadataValue Of(IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values.Select(Check).Distinct(StringComparer.Ordinal).Take(MaxTexts + 1)];
        if (texts.Length > MaxTexts)
        {
            throw new ArgumentException($"A set of a document's metadata holds at most {MaxTexts} texts.", nameof(values));
        }

        Array.Sort(texts, StringComparer.Ordinal);
        return new(MetadataKind.Texts, texts);
    }

    /// <summary>See <see cref="Of(string)"/>.</summary>
    public static implicit operator MetadataValue(string value) => Of(value);

    /// <summary>See <see cref="Of(long)"/>.</summary>
    public static implicit operator MetadataValue(long value) => Of(value);

    /// <summary>See <see cref="Of(double)"/>.</summary>
    public static implicit operator MetadataValue(double value) => Of(value);

    /// <summary>See <see cref="Of(bool)"/>.</summary>
    public static implicit operator MetadataValue(bool value) => Of(value);

    /// <summary>See <see cref="Of(DateTimeOffset)"/>.</summary>
    public static implicit operator MetadataValue(DateTimeOffset value) => Of(value);

    /// <summary>See <see cref="Of(IEnumerable{string})"/>.</summary>
    public static implicit operator MetadataValue(string[] values) => Of((IEnumerable<string>)values);

    /// <summary>
    /// How the two compare: texts by their code units, numbers of either type by their exact value, false before true, moments by
    /// time. Values of different types otherwise, and sets, do not compare.
    /// </summary>
    /// <returns>Below, at or above 0; null where they do not compare.</returns>
    public int? CompareTo(MetadataValue? other) => (Kind, other?.Kind) switch
    {
        (MetadataKind.Text, MetadataKind.Text) => string.CompareOrdinal(Text, other!.Text),
        (MetadataKind.Integer, MetadataKind.Real) => Compare(_integer, other!._real),
        (MetadataKind.Real, MetadataKind.Integer) => -Compare(other!._integer, _real),
        (MetadataKind.Real, MetadataKind.Real) => _real.CompareTo(other!._real),
        (MetadataKind.Texts, _) => null,
        _ => Kind == other?.Kind ? _integer.CompareTo(other._integer) : null,
    };

    /// <inheritdoc/>
    public bool Equals(MetadataValue? other) => other is not null
        && (Kind, _integer, _real) == (other.Kind, other._integer, other._real) && _texts.AsSpan().SequenceEqual(other._texts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetadataValue);

    /// <inheritdoc/>
    public override int GetHashCode() => _texts.Aggregate(HashCode.Combine(Kind, _integer, _real), HashCode.Combine);

    /// <summary>The value as a person reads it; texts of a set with commas between.</summary>
    public override string ToString() => Kind switch
    {
        MetadataKind.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        MetadataKind.Real => _real.ToString("R", CultureInfo.InvariantCulture),
        MetadataKind.Boolean => _integer != 0 ? "true" : "false",
        MetadataKind.Time => Time!.Value.ToString("O", CultureInfo.InvariantCulture),
        _ => string.Join(", ", _texts),
    };

    // What documents have of their own is bounded elsewhere.
    internal static MetadataValue OfAnyLength(string value) => new(MetadataKind.Text, [value]);

    // A double holds not every long: where both lie in range, whole parts are compared first, then what is behind the point.
    private static int Compare(long integer, double real)
    {
        const double Past = 9223372036854775808.0;
        if (real >= Past || real < -Past)
        {
            return real > 0 ? -1 : 1;
        }

        long whole = (long)real;
        return integer != whole ? integer.CompareTo(whole) : -(real - whole).CompareTo(0);
    }

    private static string Check(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length > MaxTextLength
            ? throw new ArgumentException($"A text of a document's metadata has at most {MaxTextLength} characters; this one has {value.Length}.", nameof(value))
            : SoundText.Require(value, "text of a document's metadata");
    }
}
