namespace Rag.Models.Formats.Onnx;

/// <summary>One attribute of a node; the implicit field numbers are those of AttributeProto in onnx.proto.</summary>
internal readonly record struct OnnxAttribute
{
    private readonly string _name;
    private readonly object _value;

    public OnnxAttribute(string name, long value) => (_name, _value) = (name, value);

    public OnnxAttribute(string name, float value) => (_name, _value) = (name, value);

    public OnnxAttribute(string name, string value) => (_name, _value) = (name, value);

    public OnnxAttribute(string name, long[] values) => (_name, _value) = (name, values);

    public void Write(ProtobufWriter writer)
    {
        writer.Text(1, _name);
        switch (_value)
        {
            case long number:
                writer.Int64(3, number);
                writer.Int64(20, 2);
                break;
            case float number:
                writer.Single(2, number);
                writer.Int64(20, 1);
                break;
            case string text:
                writer.Text(4, text);
                writer.Int64(20, 3);
                break;
            case long[] numbers:
                foreach (long number in numbers)
                {
                    writer.Int64(8, number);
                }

                writer.Int64(20, 7);
                break;
        }
    }
}
