using System.Globalization;

namespace Rag.Models.Formats.Safetensors;

/// <summary>
/// Where one tensor lies and what it holds. The bounds were checked when its file was opened: the bytes lie within the
/// file, overlap no other tensor, and are as many as type and shape say.
/// </summary>
public sealed record TensorInfo
{
    /// <summary>The tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>The element type as stored.</summary>
    public required TensorDataType DataType { get; init; }

    /// <summary>The dimensions, outermost first; empty for a scalar.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>The file that holds the bytes, links resolved.</summary>
    public required string FilePath { get; init; }

    /// <summary>Offset of the first byte from the start of the file.</summary>
    public required long Offset { get; init; }

    /// <summary>Number of bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Number of elements.</summary>
    public long ElementCount => Length * 8 / TensorDataTypes.BitsOf(DataType);

    /// <summary>Type and shape in the format's words, such as "F32 [384, 1536]".</summary>
    public string Describe() => $"{TensorDataTypes.NameOf(DataType)} {DescribeShape(Shape)}";

    internal static string DescribeShape(IReadOnlyList<long> shape) =>
        "[" + string.Join(", ", shape.Select(d => d.ToString(CultureInfo.InvariantCulture))) + "]";
}
