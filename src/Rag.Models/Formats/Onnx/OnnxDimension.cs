namespace Rag.Models.Formats.Onnx;

/// <summary>One dimension of a graph input or output: a number, or a name for what varies between runs.</summary>
internal readonly record struct OnnxDimension(long Value, string? Name)
{
    public static implicit operator OnnxDimension(long value) => new(value, null);

    public static implicit operator OnnxDimension(string name) => new(0, name);
}
