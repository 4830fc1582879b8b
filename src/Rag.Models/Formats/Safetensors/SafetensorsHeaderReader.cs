using System.Globalization;
using System.Text.Json;

namespace Rag.Models.Formats.Safetensors;

/// <summary>
/// Reads the JSON header: {name: {dtype, shape, data_offsets: [begin, end]}, "__metadata__": {string: string}}.
/// Everything is refused that the reference reader refuses (safetensors, README "Format" and src/tensor.rs): duplicate
/// names, shapes that disagree with the offsets, holes, overlaps. Streams over the bytes, so nothing larger than one
/// entry is built for a header that turns out to be bad.
/// </summary>
internal ref struct SafetensorsHeaderReader
{
    private const int MaxNameBytes = 4096;
    private const int MaxRank = 32;

    private readonly string _path;
    private readonly long _dataStart;
    private readonly long _fileLength;
    private Utf8JsonReader _reader;

    public SafetensorsHeaderReader(ReadOnlySpan<byte> header, string path, long fileLength)
    {
        _path = path;
        _dataStart = SafetensorsFile.LengthBytes + header.Length;
        _fileLength = fileLength;
        _reader = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 8 });
    }

    /// <summary>What "__metadata__" says.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensors in header order.</summary>
    public List<TensorInfo> Read()
    {
        try
        {
            return ReadObject();
        }
        catch (JsonException e)
        {
            throw new CorruptException($"The header of {_path} is not valid JSON: {e.Message}", _path, Position, e);
        }
        catch (InvalidOperationException e)
        {
            // Escapes that spell half a surrogate pair.
            throw new CorruptException($"The header of {_path} holds text that is not valid Unicode.", _path, Position, e);
        }
    }

    private readonly long Position => SafetensorsFile.LengthBytes + _reader.TokenStartIndex;

    private List<TensorInfo> ReadObject()
    {
        List<TensorInfo> tensors = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        Next();
        Expect(JsonTokenType.StartObject, "the header", "an object");
        while (Next() == JsonTokenType.PropertyName)
        {
            if (_reader.ValueSpan.Length > MaxNameBytes)
            {
                throw Corrupt($"a tensor name is {_reader.ValueSpan.Length} bytes long, more than {MaxNameBytes}");
            }

            string name = _reader.GetString()!;
            if (!names.Add(name))
            {
                throw Corrupt($"the name '{name}' occurs twice");
            }

            Next();
            if (name == "__metadata__")
            {
                ReadMetadata();
            }
            else
            {
                tensors.Add(ReadEntry(name));
            }
        }

        while (_reader.Read())
        {
            throw Corrupt("something follows the closing bracket");
        }

        return tensors;
    }

    private void ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, "__metadata__", "an object");
        while (Next() == JsonTokenType.PropertyName)
        {
            string key = _reader.GetString()!;
            Next();
            Expect(JsonTokenType.String, "a value of __metadata__", "a string");
            Metadata[key] = _reader.GetString()!;
        }
    }

    private TensorInfo ReadEntry(string name)
    {
        long entryPosition = Position;
        Expect(JsonTokenType.StartObject, $"the entry of '{name}'", "an object");
        string? typeName = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (Next() == JsonTokenType.PropertyName)
        {
            string field = _reader.ValueSpan.Length <= MaxNameBytes ? _reader.GetString()! : string.Empty;
            Next();
            switch (field)
            {
                case "dtype" when typeName is null:
                    Expect(JsonTokenType.String, $"dtype of '{name}'", "a string");
                    typeName = _reader.ValueSpan.Length <= 64 ? _reader.GetString()! : "(a long text)";
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(name, field, MaxRank);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(name, field, 2);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Corrupt($"'{name}' states {field} twice");
                default:
                    _reader.Skip();
                    break;
            }
        }

        return Check(name, Given(typeName, name, "dtype", entryPosition), Given(shape, name, "shape", entryPosition), Given(offsets, name, "data_offsets", entryPosition), entryPosition);
    }

    private readonly TensorInfo Check(string name, string typeName, long[] shape, long[] offsets, long position)
    {
        if (!TensorDataTypes.TryParse(typeName, out TensorDataType type))
        {
            throw new UnsupportedException($"{_path}: dtype of '{name}' (byte {position}) is '{typeName}', which this reader does not know.", _path);
        }

        if (offsets.Length != 2)
        {
            throw Corrupt($"data_offsets of '{name}' has {offsets.Length} numbers instead of 2", position);
        }

        (long begin, long end) = (offsets[0], offsets[1]);
        if (begin > end || end > _fileLength - _dataStart)
        {
            throw Corrupt($"data_offsets of '{name}' are {begin} to {end}, but the data is {_fileLength - _dataStart} bytes long", position);
        }

        if (TryByteCount(type, shape) is not { } needed || needed != end - begin)
        {
            throw Corrupt($"shape of '{name}', {typeName} {TensorInfo.DescribeShape(shape)}, does not fill the {end - begin} bytes that data_offsets covers", position);
        }

        return new TensorInfo { Name = name, DataType = type, Shape = shape, FilePath = _path, Offset = _dataStart + begin, Length = end - begin };
    }

    private static long? TryByteCount(TensorDataType type, long[] shape)
    {
        UInt128 elements = 1;
        foreach (long dimension in shape)
        {
            elements *= (ulong)dimension;
            if (elements > long.MaxValue)
            {
                return null;
            }
        }

        UInt128 bits = elements * (ulong)TensorDataTypes.BitsOf(type);
        return bits % 8 == 0 && bits / 8 <= long.MaxValue ? (long)(bits / 8) : null;
    }

    private long[] ReadNumbers(string name, string field, int most)
    {
        Expect(JsonTokenType.StartArray, $"{field} of '{name}'", "an array");
        List<long> numbers = [];
        while (Next() != JsonTokenType.EndArray)
        {
            Expect(JsonTokenType.Number, $"a value in {field} of '{name}'", "a whole number");
            if (!_reader.TryGetInt64(out long number) || number < 0)
            {
                throw Corrupt($"a value in {field} of '{name}' is not a whole number from 0 to 2^63 - 1");
            }

            if (numbers.Count == most)
            {
                throw Corrupt($"{field} of '{name}' has more than {most} numbers");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private JsonTokenType Next() => _reader.Read() ? _reader.TokenType : throw Corrupt("it ends too early");

    private readonly void Expect(JsonTokenType type, string what, string kind)
    {
        if (_reader.TokenType != type)
        {
            throw Corrupt($"{what} is not {kind}");
        }
    }

    private readonly T Given<T>(T? value, string name, string field, long position)
        where T : class => value ?? throw Corrupt($"'{name}' states no {field}", position);

    private readonly CorruptException Corrupt(string what, long? position = null)
    {
        long at = position ?? Position;
        return new CorruptException(string.Create(CultureInfo.InvariantCulture, $"The header of {_path} is damaged at byte {at}: {what}."), _path, at);
    }
}
