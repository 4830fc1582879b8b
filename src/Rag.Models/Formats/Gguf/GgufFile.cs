using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Rag.Models.Formats.Gguf.Blocks;

namespace Rag.Models.Formats.Gguf;

/// <summary>
/// One open GGUF file of version 2 or 3, in either byte order (ggml, docs/gguf.md). Opening reads and checks what precedes the
/// data; nothing larger than the file is allocated whatever it claims. Thread-safe.
/// </summary>
public sealed class GgufFile : IDisposable
{
    private const int PieceBytes = 1 << 16;
    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, GgufTensorInfo> _byName;

    private GgufFile(string path, SafeFileHandle handle)
    {
        GgufReader reader = new(handle, path);
        GgufHeaderReader header = new(reader);
        Tensors = header.Read();
        (FilePath, _handle, Version, BigEndian, HeaderBytes) = (path, handle, header.Version, reader.BigEndian, header.HeaderBytes);
        _byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Metadata = new GgufMetadata(handle, reader, header.Entries);
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>The version of the format, 2 or 3.</summary>
    public int Version { get; }

    /// <summary>Whether numbers are stored most significant byte first.</summary>
    public bool BigEndian { get; }

    /// <summary>Keys and values that describe the model.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>Every tensor, in the order of the file.</summary>
    public IReadOnlyList<GgufTensorInfo> Tensors { get; }

    /// <summary>How many bytes metadata and descriptions take, from the start of the file.</summary>
    internal long HeaderBytes { get; }

    /// <summary>How many bytes the file has.</summary>
    internal long FileLength => RandomAccess.GetLength(_handle);

    /// <summary>Opens a file and checks everything but the values of its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CorruptException">The file breaks the format; the message names file, field and offset.</exception>
    /// <exception cref="UnsupportedException">The version, or the type of a tensor or value, is not known here.</exception>
    /// <exception cref="UnavailableException">The file cannot be opened.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle? handle = null;
        try
        {
            // A pipe or a device says 0 here and is never opened.
            if (new FileInfo(path).Length == 0)
            {
                throw new CorruptException($"{path} is empty: the magic number at byte 0 is missing.", path, 0);
            }

            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
            GgufFile file = new(path, handle);
            handle = null;
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"{path} cannot be opened: {e.Message}", path, e);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>The tensor of that name, or null.</summary>
    /// <param name="name">Its name, case-sensitive.</param>
    public GgufTensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensor of that name.</summary>
    /// <param name="name">Its name, case-sensitive.</param>
    /// <exception cref="IncompatibleException">The file has none.</exception>
    public GgufTensorInfo Require(string name) =>
        Find(name) ?? throw new IncompatibleException($"{FilePath} has no tensor '{name}'.", FilePath);

    /// <summary>Reads stored blocks of a tensor; numbers in them come least significant byte first whatever the file's order.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="destination">Receives exactly as many bytes as it holds: whole blocks.</param>
    /// <param name="start">Byte offset within the tensor, at the start of a block.</param>
    public void ReadBytes(GgufTensorInfo tensor, Span<byte> destination, long start = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNotEqual(start % tensor.Format.Bytes, 0, nameof(start));
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length % tensor.Format.Bytes, 0, nameof(destination));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, tensor.Length - destination.Length);
        for (int done = 0; done < destination.Length;)
        {
            int read = RandomAccess.Read(_handle, destination[done..], tensor.Offset + start + done);
            done += read > 0 ? read : throw new CorruptException(
                $"{FilePath} ends at byte {tensor.Offset + start + done}, within the tensor '{tensor.Name}'; it became shorter since it was opened.", FilePath, tensor.Offset + start + done);
        }

        if (BigEndian)
        {
            tensor.Format.Reverse(destination);
        }
    }

    /// <summary>Reads bytes of the file as they are; how many there were.</summary>
    internal int ReadRaw(Span<byte> destination, long offset) => RandomAccess.Read(_handle, destination, offset);

    /// <summary>Reads values of a tensor as single precision; dequantised where it is quantised, exact to the last bit.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="destination">Receives exactly as many values as it holds: those of whole blocks.</param>
    /// <param name="start">Index of the first value, at the start of a block; every row starts one.</param>
    /// <exception cref="UnsupportedException">The type has values that single precision does not hold exactly.</exception>
    public void ReadSingles(GgufTensorInfo tensor, Span<float> destination, long start = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        BlockFormat format = tensor.Format;
        if (format.Decode is null)
        {
            throw new UnsupportedException($"{FilePath}: '{tensor.Name}' is {tensor.Describe()}, which single precision does not hold exactly.", FilePath);
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(start % format.Values, 0, nameof(start));
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length % format.Values, 0, nameof(destination));
        long at = start / format.Values * format.Bytes;
        int blocks = PieceBytes / format.Bytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(blocks * format.Bytes);
        try
        {
            while (!destination.IsEmpty)
            {
                int count = Math.Min(blocks, destination.Length / format.Values);
                Span<byte> piece = buffer.AsSpan(0, count * format.Bytes);
                ReadBytes(tensor, piece, at);
                format.DecodeAll(piece, destination[..(count * format.Values)]);
                destination = destination[(count * format.Values)..];
                at += piece.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a whole tensor as single precision; dequantised where it is quantised, exact to the last bit.</summary>
    /// <param name="tensor">A tensor of this file that fits one array.</param>
    /// <exception cref="UnsupportedException">The type has values that single precision does not hold exactly, or the tensor is too large.</exception>
    public float[] ReadSingles(GgufTensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ElementCount > Array.MaxLength)
        {
            throw new UnsupportedException($"{FilePath}: '{tensor.Name}' has {tensor.ElementCount} elements, more than one array holds.", FilePath);
        }

        float[] values = new float[(int)tensor.ElementCount];
        ReadSingles(tensor, values);
        return values;
    }

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();
}
