using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Rag.Models.Formats.Safetensors;

/// <summary>
/// Writes safetensors files: u64 little-endian header length, JSON header padded with spaces to a multiple of eight bytes, then
/// the bytes of the tensors without holes, widest element types first so that every tensor is aligned (the order of the
/// reference writer: safetensors, src/tensor.rs). The same tensors give the same bytes, in whatever order they come.
/// Thread-safe.
/// </summary>
public static class SafetensorsWriter
{
    private const string MetadataName = "__metadata__";

    /// <summary>Writes a file. It appears whole or not at all: the bytes go to a neighbour that then takes its name.</summary>
    /// <param name="path">The file; replaced where it is there. Its folder must exist.</param>
    /// <param name="tensors">What to store.</param>
    /// <param name="metadata">Free text beside the tensors; null for none.</param>
    /// <exception cref="ArgumentException">A name is empty, reserved or given twice, or bytes do not fit type and shape.</exception>
    /// <exception cref="UnavailableException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<TensorContent> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        WriteStreamed(path, Streamed(tensors), metadata);
    }

    /// <summary>Writes a file whose tensors are made one after another while it is written.</summary>
    /// <param name="path">The file; replaced where it is there. Its folder must exist.</param>
    /// <param name="tensors">What to store.</param>
    /// <param name="metadata">Free text beside the tensors; null for none.</param>
    /// <param name="keepOrder">Whether tensors are written in the order that they are given in.</param>
    internal static void WriteStreamed(string path, IReadOnlyList<StreamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null, bool keepOrder = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string unfinished = path + ".partial";
        try
        {
            try
            {
                using (FileStream stream = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
                {
                    WriteStreamed(stream, tensors, metadata, keepOrder);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(unfinished, path, overwrite: true);
            }
            catch
            {
                File.Delete(unfinished);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"{path} cannot be written: {e.Message}", path, e);
        }
    }

    /// <summary>Writes to a stream, from where it stands.</summary>
    /// <param name="stream">Receives header and data; it is neither flushed nor closed.</param>
    /// <param name="tensors">What to store.</param>
    /// <param name="metadata">Free text beside the tensors; null for none.</param>
    /// <exception cref="ArgumentException">A name is empty, reserved or given twice, or bytes do not fit type and shape.</exception>
    public static void Write(Stream stream, IReadOnlyList<TensorContent> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        WriteStreamed(stream, Streamed(tensors), metadata);
    }

    private static StreamedTensor[] Streamed(IReadOnlyList<TensorContent> tensors) =>
        [.. tensors.Select(tensor => new StreamedTensor(tensor.Name, tensor.DataType, tensor.Shape, tensor.Bytes.Length, stream => stream.Write(tensor.Bytes.Span)))];

    private static void WriteStreamed(Stream stream, IReadOnlyList<StreamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata, bool keepOrder = false)
    {
        Check(tensors);
        StreamedTensor[] ordered = keepOrder ? [.. tensors] : [.. tensors.OrderByDescending(tensor => tensor.DataType).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        ReadOnlySpan<byte> header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[SafetensorsFile.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (StreamedTensor tensor in ordered)
        {
            tensor.Write(stream);
        }
    }

    private static ReadOnlySpan<byte> Header(StreamedTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(MetadataName);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (StreamedTensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", TensorDataTypes.NameOf(tensor.DataType));
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset += tensor.Length]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & (SafetensorsFile.LengthBytes - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void Check(IReadOnlyList<StreamedTensor> tensors)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (StreamedTensor tensor in tensors)
        {
            if (string.IsNullOrEmpty(tensor.Name) || tensor.Name == MetadataName || !names.Add(tensor.Name))
            {
                throw new ArgumentException($"The tensor name '{tensor.Name}' is empty, reserved or given twice.", nameof(tensors));
            }

            UInt128 bits = (ulong)TensorDataTypes.BitsOf(tensor.DataType);
            foreach (long dimension in tensor.Shape)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(tensors));

                // More bits than any array holds stay too many: only whether they fit is asked.
                bits = UInt128.Min(bits * (ulong)dimension, (UInt128)1 << 68);
            }

            if (bits != (UInt128)(ulong)tensor.Length * 8)
            {
                throw new ArgumentException(
                    $"The tensor '{tensor.Name}', {TensorDataTypes.NameOf(tensor.DataType)} {TensorInfo.DescribeShape(tensor.Shape)}, is given {tensor.Length} bytes.", nameof(tensors));
            }
        }
    }
}
