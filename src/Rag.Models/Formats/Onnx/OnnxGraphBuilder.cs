using System.Globalization;
using System.Runtime.InteropServices;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Formats.Onnx;

/// <summary>
/// Builds one ONNX model: nodes in execution order, small constants inline, weights as external data that points into
/// the files that already hold them. Field numbers are those of onnx.proto.
/// </summary>
internal sealed class OnnxGraphBuilder
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string MicrosoftDomain = "com.microsoft";

    private const int IrVersion = 10;
    private const int BaseOpset = 21;
    private readonly ProtobufWriter _nodes = new();
    private readonly ProtobufWriter _initializers = new();
    private readonly ProtobufWriter _inputs = new();
    private readonly ProtobufWriter _outputs = new();
    private int _opset = BaseOpset;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<TensorInfo> _externals = [];

    /// <summary>
    /// What floats are computed in where nothing else is said, constants among them: Float32 by default, or Float16.
    /// </summary>
    public OnnxDataType Floats { get; set; } = OnnxDataType.Float32;

    /// <summary>The stored tensors that were declared.</summary>
    public IReadOnlyList<TensorInfo> Externals => _externals;

    /// <summary>Adds a node of the default domain with one output and returns the output's name.</summary>
    public string Node(string operation, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node(operation, string.Empty, inputs, 1, attributes)[0];

    /// <summary>Adds a node of ONNX Runtime's own domain with one output and returns the output's name.</summary>
    public string MicrosoftNode(string operation, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node(operation, MicrosoftDomain, inputs, 1, attributes)[0];

    /// <summary>Adds a node and returns the names of its outputs. An absent optional input is the empty string.</summary>
    public string[] Node(string operation, string domain, string[] inputs, int outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        string name = Unique(operation);
        string[] results = new string[outputs];
        for (int i = 0; i < outputs; i++)
        {
            results[i] = string.Create(CultureInfo.InvariantCulture, $"{name}:{i}");
        }

        AddNode(name, operation, domain, inputs, results, attributes);
        return results;
    }

    /// <summary>Adds a node whose outputs have the given names; an output that is not wanted is the empty string.</summary>
    public void AddNode(string name, string operation, string domain, string[] inputs, string[] outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        ProtobufWriter node = new();
        int count = Array.FindLastIndex(inputs, input => input.Length > 0) + 1;
        foreach (string input in inputs.AsSpan(0, count))
        {
            node.Text(1, input);
        }

        foreach (string output in outputs)
        {
            node.Text(2, output);
        }

        node.Text(3, name);
        node.Text(4, operation);
        foreach (OnnxAttribute attribute in attributes)
        {
            ProtobufWriter inner = new();
            attribute.Write(inner);
            node.Bytes(5, inner.Written);
        }

        node.Text(7, domain);
        _nodes.Bytes(1, node.Written);
    }

    /// <summary>Adds an inline constant of whole numbers; an empty shape makes a scalar.</summary>
    public string Constant(ReadOnlySpan<long> values, params long[] shape) =>
        Inline(OnnxDataType.Int64, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds an inline constant of <see cref="Floats"/>; an empty shape makes a scalar.</summary>
    public string Constant(ReadOnlySpan<float> values, params long[] shape) =>
        Narrowed(Inline(OnnxDataType.Float32, shape, MemoryMarshal.AsBytes(values)));

    /// <summary>Writes in single precision until it is disposed: for what half precision would turn or overflow.</summary>
    public FloatScope InSingle()
    {
        FloatScope scope = new(this, Floats);
        Floats = OnnxDataType.Float32;
        return scope;
    }

    /// <summary>A value of <see cref="Floats"/> in single precision.</summary>
    public string Widened(string x) => Floats == OnnxDataType.Float32 ? x : Cast(x, OnnxDataType.Float32);

    /// <summary>A value of single precision in <see cref="Floats"/>.</summary>
    public string Narrowed(string x) => Floats == OnnxDataType.Float32 ? x : Cast(x, Floats);

    /// <summary>A value in another type.</summary>
    public string Cast(string x, OnnxDataType type) => Node("Cast", [x], new OnnxAttribute("to", (long)type));

    /// <summary>Adds an inline scalar of one byte.</summary>
    public string Constant(byte value) => Inline(OnnxDataType.UInt8, [], [value]);

    /// <summary>Declares a stored tensor and returns its name in the graph; its bytes stay where they are.</summary>
    /// <param name="tensor">The stored tensor.</param>
    /// <param name="type">Its element type in ONNX terms.</param>
    /// <param name="shape">The shape that it is seen in; null for its own.</param>
    public string External(TensorInfo tensor, OnnxDataType type, long[]? shape = null)
    {
        string name = "weights/" + tensor.Name + (shape is null ? "" : TensorInfo.DescribeShape(shape));
        if (_names.Add(name))
        {
            _externals.Add(tensor);
            _initializers.Message(5, t =>
            {
                t.PackedInt64(1, shape ?? [.. tensor.Shape]);
                t.Int64(2, (int)type);
                t.Text(8, name);
                t.Message(13, e => Entry(e, "location", Path.GetFileName(tensor.FilePath)));
                t.Message(13, e => Entry(e, "offset", tensor.Offset.ToString(CultureInfo.InvariantCulture)));
                t.Message(13, e => Entry(e, "length", tensor.Length.ToString(CultureInfo.InvariantCulture)));
                t.Int64(14, 1);
            });
        }

        return name;
    }

    /// <summary>Puts a tensor's bytes into the graph, once for each tensor, and returns its name in the graph.</summary>
    public string Inline(string tensor, long[] shape, OnnxDataType type, ReadOnlySpan<byte> bytes)
    {
        string name = "weights/" + tensor;
        if (_names.Add(name))
        {
            AddTensor(name, type, shape, bytes);
        }

        return name;
    }

    /// <summary>Declares a graph input and returns its name.</summary>
    public string Input(string name, OnnxDataType type, params OnnxDimension[] shape)
    {
        _names.Add(name);
        _inputs.Message(11, v => ValueInfo(v, name, type, shape));
        return name;
    }

    /// <summary>Asks for an operator set of the default domain that is newer than the one that most graphs use.</summary>
    public void RequireOpset(int version) => _opset = Math.Max(_opset, version);

    /// <summary>Declares a graph output.</summary>
    public void Output(string name, OnnxDataType type, params OnnxDimension[] shape) =>
        _outputs.Message(12, v => ValueInfo(v, name, type, shape));

    /// <summary>The whole model as ONNX protobuf bytes.</summary>
    /// <param name="graphName">What the graph is called in messages and profiles.</param>
    public byte[] ToModel(string graphName)
    {
        ProtobufWriter graph = new();
        graph.Raw(_nodes.Written);
        graph.Text(2, graphName);
        graph.Raw(_initializers.Written);
        graph.Raw(_inputs.Written);
        graph.Raw(_outputs.Written);

        ProtobufWriter model = new();
        model.Int64(1, IrVersion);
        model.Text(2, "Rag");
        model.Bytes(7, graph.Written);
        model.Message(8, o => Opset(o, string.Empty, _opset));
        model.Message(8, o => Opset(o, MicrosoftDomain, 1));
        return model.Written.ToArray();
    }

    private string Inline(OnnxDataType type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        string name = Unique("constant");
        AddTensor(name, type, shape, bytes);
        return name;
    }

    private void AddTensor(string name, OnnxDataType type, long[] shape, ReadOnlySpan<byte> bytes)
    {
        ProtobufWriter tensor = new();
        tensor.PackedInt64(1, shape);
        tensor.Int64(2, (int)type);
        tensor.Text(8, name);
        tensor.Bytes(9, bytes);
        _initializers.Bytes(5, tensor.Written);
    }

    private string Unique(string stem)
    {
        string name = stem;
        for (int i = 1; !_names.Add(name); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}_{_names.Count + i}");
        }

        return name;
    }

    private static void Opset(ProtobufWriter writer, string domain, int version)
    {
        writer.Text(1, domain);
        writer.Int64(2, version);
    }

    private static void Entry(ProtobufWriter writer, string key, string value)
    {
        writer.Text(1, key);
        writer.Text(2, value);
    }

    private static void ValueInfo(ProtobufWriter writer, string name, OnnxDataType type, OnnxDimension[] shape)
    {
        writer.Text(1, name);
        writer.Message(2, t => t.Message(1, tensor =>
        {
            tensor.Int64(1, (int)type);
            tensor.Message(2, s =>
            {
                foreach (OnnxDimension dimension in shape)
                {
                    s.Message(1, d => Dimension(d, dimension));
                }
            });
        }));
    }

    private static void Dimension(ProtobufWriter writer, OnnxDimension dimension)
    {
        if (dimension.Name is { } name)
        {
            writer.Text(2, name);
        }
        else
        {
            writer.Int64(1, dimension.Value);
        }
    }
}
