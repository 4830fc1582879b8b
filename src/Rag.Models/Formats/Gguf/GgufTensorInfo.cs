using Rag.Models.Formats.Gguf.Blocks;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Formats.Gguf;

/// <summary>
/// Where one tensor of a GGUF file lies and what it holds. The bounds were checked when its file was opened: the bytes lie within
/// the file, overlap no other tensor, and are as many as type and shape say.
/// </summary>
public sealed record GgufTensorInfo
{
    internal GgufTensorInfo()
    {
    }

    /// <summary>The tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>The dimensions, outermost first (the file has them in reverse); empty for a scalar.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>The file that holds the bytes.</summary>
    public required string FilePath { get; init; }

    /// <summary>Offset of the first byte from the start of the file.</summary>
    public required long Offset { get; init; }

    /// <summary>Number of bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The element type's name, such as "Q4_K".</summary>
    public string TypeName => Format.Name;

    /// <summary>Number of elements.</summary>
    public long ElementCount => Length / Format.Bytes * Format.Values;

    /// <summary>How blocks of the type are laid out.</summary>
    internal BlockFormat Format { get; init; } = null!;

    /// <summary>Type and shape, such as "Q4_K [32000, 4096]".</summary>
    public string Describe() => $"{TypeName} {TensorInfo.DescribeShape(Shape)}";
}
