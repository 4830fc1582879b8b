using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Rag.Models.Formats.Gguf;

/// <summary>
/// The metadata of a GGUF file. Values stay in the file until they are asked for, so that a vocabulary costs nothing where only
/// a number is wanted. Thread-safe as long as the file is open.
/// </summary>
public sealed class GgufMetadata
{
    private const int SmallBufferBytes = 512;
    private const int MetadataStart = 24;
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly bool _bigEndian;
    private readonly IReadOnlyDictionary<string, GgufEntry> _entries;

    internal GgufMetadata(SafeFileHandle handle, GgufReader reader, IReadOnlyDictionary<string, GgufEntry> entries)
    {
        (_handle, _path, _bigEndian, _entries) = (handle, reader.Path, reader.BigEndian, entries);
    }

    /// <summary>Every key, in the order of the file.</summary>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <summary>Whether there is a value of that key.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    public bool Contains(string key) => _entries.ContainsKey(key);

    /// <summary>A value as its own type: a number, <see cref="bool"/>, <see cref="string"/>, or an object[] of those; null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">A text is not UTF-8.</exception>
    public object? Value(string key) => Read(key, out _);

    /// <summary>A text, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public string? Text(string key) => Read(key, out GgufEntry entry) switch
    {
        null => null,
        string text => text,
        _ => throw Wrong(entry, "a text"),
    };

    /// <summary>A boolean, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public bool? Boolean(string key) => Read(key, out GgufEntry entry) switch
    {
        null => null,
        bool value => value,
        _ => throw Wrong(entry, "a boolean"),
    };

    /// <summary>A whole number of any width, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none, or above 2^63 - 1.</exception>
    public long? Whole(string key) => Read(key, out GgufEntry entry) is { } value ? ToWhole(value, entry) : null;

    /// <summary>A number of any type, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none, or not finite.</exception>
    public double? Number(string key) => Read(key, out GgufEntry entry) is { } value ? ToNumber(value, entry) : null;

    /// <summary>An array of texts, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public IReadOnlyList<string>? Texts(string key) => Elements<string>(key, "an array of texts", static (value, _) => value as string);

    /// <summary>An array of whole numbers, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public IReadOnlyList<long>? Wholes(string key) => Elements(key, "an array of whole numbers", (value, entry) => (object)ToWhole(value, entry))?.Cast<long>().ToArray();

    /// <summary>An array of numbers as single precision, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public IReadOnlyList<float>? Singles(string key) => Elements(key, "an array of numbers", (value, entry) => (object)(float)ToNumber(value, entry))?.Cast<float>().ToArray();

    /// <summary>The error of a value that is there but not as it must be.</summary>
    internal CorruptException Wrong(string key, string expected) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_path}: the metadata value '{key}' at byte {_entries[key].Offset} must be {expected}."), _path, _entries[key].Offset);

    /// <summary>The error of a value that must be there.</summary>
    internal CorruptException Missing(string key) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_path} lacks the metadata value '{key}'; the metadata begin at byte {MetadataStart}."), _path, MetadataStart);

    private object? Read(string key, out GgufEntry entry)
    {
        if (!_entries.TryGetValue(key, out entry))
        {
            return null;
        }

        int buffer = entry.Type == GgufValueType.Array ? GgufReader.BufferBytes : SmallBufferBytes;
        GgufReader reader = new(_handle, _path, buffer) { BigEndian = _bigEndian, Position = entry.Offset };
        return GgufValues.Read(reader, entry.Type, $"the metadata value '{key}'");
    }

    private T[]? Elements<T>(string key, string kind, Func<object, GgufEntry, T?> convert)
        where T : class
    {
        if (Read(key, out GgufEntry entry) is not { } value)
        {
            return null;
        }

        object[] items = value as object[] ?? throw Wrong(entry, kind);
        return Array.ConvertAll(items, item => convert(item, entry) ?? throw Wrong(entry, kind));
    }

    private long ToWhole(object value, GgufEntry entry) => value switch
    {
        byte number => number,
        sbyte number => number,
        ushort number => number,
        short number => number,
        uint number => number,
        int number => number,
        long number => number,
        ulong number and <= long.MaxValue => (long)number,
        _ => throw Wrong(entry, "a whole number up to 2^63 - 1"),
    };

    private double ToNumber(object value, GgufEntry entry)
    {
        double number = value switch
        {
            float single => single,
            double exact => exact,
            _ => ToWhole(value, entry),
        };
        return double.IsFinite(number) ? number : throw Wrong(entry, "a finite number");
    }

    private CorruptException Wrong(GgufEntry entry, string expected) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_path}: the metadata value '{entry.Key}' at byte {entry.Offset} is a {entry.Type}, but must be {expected}."), _path, entry.Offset);
}
