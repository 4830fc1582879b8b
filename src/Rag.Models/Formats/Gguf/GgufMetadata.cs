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
    public object? Value(string key) => Open(key, out GgufEntry entry) is { } reader ? GgufValues.Read(reader, entry.Type, Field(key)) : null;

    /// <summary>A text, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public string? Text(string key) => Of(key, "a text", static (reader, type, field) => type == GgufValueType.Text ? reader.Text(field) : null);

    /// <summary>A boolean, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public bool? Boolean(string key) => (bool?)Of(key, "a boolean", static (reader, type, field) => type == GgufValueType.Boolean ? GgufValues.Read(reader, type, field) : null);

    /// <summary>A whole number of any width, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none, or above 2^63 - 1.</exception>
    public long? Whole(string key) => (long?)Of(key, "a whole number up to 2^63 - 1", static (reader, type, field) => (object?)GgufValues.ReadWhole(reader, type, field));

    /// <summary>A number of any type, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none, or not finite.</exception>
    public double? Number(string key) => (double?)Of(key, "a finite number", static (reader, type, field) => (object?)GgufValues.ReadNumber(reader, type, field));

    /// <summary>An array of texts, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public IReadOnlyList<string>? Texts(string key) =>
        Of(key, "an array of texts", static (reader, type, field) => type == GgufValueType.Array ? GgufValues.ReadTexts(reader, field) : null);

    /// <summary>An array of whole numbers, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public IReadOnlyList<long>? Wholes(string key) =>
        Of(key, "an array of whole numbers", static (reader, type, field) => type == GgufValueType.Array ? GgufValues.ReadArray(reader, field, GgufValues.ReadWhole) : null);

    /// <summary>An array of numbers as single precision, or null where it is absent.</summary>
    /// <param name="key">The key, case-sensitive.</param>
    /// <exception cref="CorruptException">It is none.</exception>
    public IReadOnlyList<float>? Singles(string key) => Of(
        key,
        "an array of finite numbers",
        static (reader, type, field) => type == GgufValueType.Array ? GgufValues.ReadArray(reader, field, static (r, t, f) => (float?)GgufValues.ReadNumber(r, t, f)) : null);

    /// <summary>How many elements an array has; null where it is absent or no array.</summary>
    internal long? ArrayCount(string key) =>
        Open(key, out GgufEntry entry) is { } reader && entry.Type == GgufValueType.Array ? GgufValues.ArrayHead(reader, Field(key)).Count : null;

    /// <summary>The error of a value that is there but not as it must be.</summary>
    internal CorruptException Wrong(string key, string expected) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_path}: {Field(key)} at byte {_entries[key].Offset}, of the type {_entries[key].Type}, must be {expected}."), _path, _entries[key].Offset);

    /// <summary>The error of a value that must be there.</summary>
    internal CorruptException Missing(string key) => new(
        string.Create(CultureInfo.InvariantCulture, $"{_path} lacks {Field(key)}; the metadata begin at byte {MetadataStart}."), _path, MetadataStart);

    private T? Of<T>(string key, string expected, Func<GgufReader, GgufValueType, string, T?> read)
        where T : class
    {
        return Open(key, out GgufEntry entry) is { } reader ? read(reader, entry.Type, Field(key)) ?? throw Wrong(key, expected) : null;
    }

    private GgufReader? Open(string key, out GgufEntry entry)
    {
        if (!_entries.TryGetValue(key, out entry))
        {
            return null;
        }

        int buffer = entry.Type == GgufValueType.Array ? GgufReader.BufferBytes : SmallBufferBytes;
        return new GgufReader(_handle, _path, buffer) { BigEndian = _bigEndian, Position = entry.Offset };
    }

    private static string Field(string key) => $"the metadata value '{key}'";
}
