using System.Buffers.Binary;
using System.Globalization;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using Rag.Models.Packing;

namespace Rag.Models.Formats.Safetensors;

/// <summary>
/// One open safetensors file: u64 little-endian header length, JSON header, then the bytes of the tensors without holes.
/// Opening reads and checks the header only; nothing larger than the file is allocated whatever the header claims.
/// Thread-safe.
/// </summary>
public sealed class SafetensorsFile : ITensorFile
{
    internal const int LengthBytes = 8;
    private const long MaxHeaderBytes = 100_000_000;
    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, TensorInfo> _byName;

    private SafetensorsFile(string path, SafeFileHandle handle, List<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        FilePath = path;
        _handle = handle;
        Tensors = tensors;
        Metadata = metadata;
        _byName = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Every tensor, in header order.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The free text beside the tensors; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CorruptException">The file breaks the format; the message names file, field and offset.</exception>
    /// <exception cref="UnsupportedException">A tensor has an element type that is not known here.</exception>
    /// <exception cref="UnavailableException">The file cannot be opened.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle? handle = null;
        try
        {
            // A pipe or a device says 0 here and is never opened.
            if (new FileInfo(path).Length < LengthBytes)
            {
                throw new CorruptException($"{path} is shorter than the {LengthBytes} bytes that state its header's length.", path, 0);
            }

            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
            List<TensorInfo> tensors = ReadHeader(handle, path, out Dictionary<string, string> metadata);
            SafetensorsFile file = new(path, handle, tensors, metadata);
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
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The tensor of that name.</summary>
    /// <param name="name">Its name, case-sensitive.</param>
    /// <exception cref="IncompatibleException">The file has none.</exception>
    public TensorInfo Require(string name) =>
        Find(name) ?? throw new IncompatibleException($"{FilePath} has no tensor '{name}'.", FilePath);

    /// <summary>Reads the stored bytes of a tensor, or of a part of it.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="destination">Receives exactly as many bytes as it holds.</param>
    /// <param name="start">Byte offset within the tensor.</param>
    public void ReadBytes(TensorInfo tensor, Span<byte> destination, long start = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, tensor.Length - destination.Length);
        ReadExactly(_handle, destination, tensor.Offset + start, FilePath);
    }

    /// <summary>Reads a whole tensor as single precision, exactly: floating-point types up to F32 (the six-bit ones excepted) and integers up to 16 bits.</summary>
    /// <param name="tensor">A tensor of this file that fits one array.</param>
    /// <exception cref="UnsupportedException">The element type is another, or the tensor is too large.</exception>
    public float[] ReadSingles(TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ElementCount > Array.MaxLength)
        {
            throw new UnsupportedException($"{FilePath}: '{tensor.Name}' has {tensor.ElementCount} elements, more than one array holds.", FilePath);
        }

        float[] values = new float[(int)tensor.ElementCount];
        SingleReader.Read(this, tensor, values);
        return values;
    }

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();

    IReadOnlyList<string> ITensorFile.FilePaths => [FilePath];

    void ITensorFile.ReadSingles(TensorInfo tensor, Span<float> values, long first) => SingleReader.Read(this, tensor, values, first);

    PackedRows? ITensorFile.OpenPacked(TensorInfo tensor, bool transposed) => null;

    private static List<TensorInfo> ReadHeader(SafeFileHandle handle, string path, out Dictionary<string, string> metadata)
    {
        long fileLength = RandomAccess.GetLength(handle);
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        ReadExactly(handle, lengthBytes, 0, path);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes || (long)length > fileLength - LengthBytes)
        {
            throw new CorruptException(
                string.Create(CultureInfo.InvariantCulture, $"{path} states a header of {length} bytes, but the file has {fileLength} and a header at most {MaxHeaderBytes}."), path, 0);
        }

        byte[] header = new byte[(int)length];
        ReadExactly(handle, header, LengthBytes, path);
        if (!Utf8.IsValid(header))
        {
            throw new CorruptException($"The header of {path} is not UTF-8.", path, LengthBytes);
        }

        SafetensorsHeaderReader reader = new(header, path, fileLength);
        List<TensorInfo> tensors = reader.Read();
        metadata = reader.Metadata;
        CheckCoverage(tensors, path, LengthBytes + header.Length, fileLength);
        return tensors;
    }

    private static void CheckCoverage(List<TensorInfo> tensors, string path, long dataStart, long fileLength)
    {
        long end = dataStart;
        foreach (TensorInfo tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.Length))
        {
            if (tensor.Offset != end)
            {
                string what = tensor.Offset < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new CorruptException($"{path}: data_offsets of '{tensor.Name}' {what} at byte {Math.Min(tensor.Offset, end)}.", path, Math.Min(tensor.Offset, end));
            }

            end += tensor.Length;
        }

        if (end != fileLength)
        {
            throw new CorruptException($"{path} has {fileLength - end} bytes after its last tensor, at byte {end}.", path, end);
        }
    }

    private static void ReadExactly(SafeFileHandle handle, Span<byte> destination, long offset, string path)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
            {
                throw new CorruptException($"{path} ends at byte {offset}, before the data that its header states.", path, offset);
            }

            destination = destination[read..];
            offset += read;
        }
    }
}
