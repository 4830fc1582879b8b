using System.Runtime.InteropServices;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;

namespace Rag.Benchmarks.Encoders;

/// <summary>
/// BERT in the operators that an exporter writes, one for each step of the reference implementation, with nothing fused: ONNX
/// Runtime fuses what it can while loading. Quantised as its dynamic quantiser does: signed weights by output, activations by tensor.
/// </summary>
internal sealed class PlainBert
{
    private readonly OnnxGraphBuilder _graph = new();
    private readonly SafetensorsFolder _weights;
    private readonly bool _quantized;
    private readonly int _heads;
    private readonly int _hidden;

    private PlainBert(SafetensorsFolder weights, bool quantized, int heads, int hidden) => (_weights, _quantized, _heads, _hidden) = (weights, quantized, heads, hidden);

    public static byte[] Export(ModelFolder folder, bool quantized)
    {
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FolderPath, "config.json")));
        int Size(string name) => config.RootElement.GetProperty(name).GetInt32();
        using SafetensorsFolder weights = folder.OpenWeights();
        PlainBert bert = new(weights, quantized, Size("num_attention_heads"), Size("hidden_size"));
        bert.Write(Size("num_hidden_layers"));
        return bert._graph.ToModel("main");
    }

    private void Write(int layers)
    {
        string ids = _graph.Input("input_ids", OnnxDataType.Int64, "batch", "sequence");
        string mask = _graph.Input("attention_mask", OnnxDataType.Int64, "batch", "sequence");
        string types = _graph.Input("token_type_ids", OnnxDataType.Int64, "batch", "sequence");
        string length = _graph.Node("Shape", [ids], new OnnxAttribute("start", 1), new OnnxAttribute("end", 2));
        string positions = _graph.Node("Slice", [Vector("embeddings.position_embeddings.weight"), Shape(0), length, Shape(0)]);
        string words = _graph.Node("Gather", [Vector("embeddings.word_embeddings.weight"), ids]);
        string x = Add(Add(words, _graph.Node("Gather", [Vector("embeddings.token_type_embeddings.weight"), types])), positions);
        x = Norm(x, "embeddings.LayerNorm");
        string attended = _graph.Node("Unsqueeze", [_graph.Node("Cast", [mask], new OnnxAttribute("to", (long)OnnxDataType.Float32)), Shape(1, 2)]);
        string hidden = Multiply(_graph.Node("Sub", [_graph.Constant([1f]), attended]), float.MinValue);
        for (int i = 0; i < layers; i++)
        {
            x = Layer($"encoder.layer.{i}.", x, hidden);
        }

        _graph.AddNode("last", "Identity", string.Empty, [x], ["last_hidden_state"]);
        _graph.Output("last_hidden_state", OnnxDataType.Float32, "batch", "sequence", _hidden);
    }

    private string Layer(string name, string x, string hidden)
    {
        string query = Heads(Linear(x, name + "attention.self.query"), 0, 2, 1, 3);
        string key = Heads(Linear(x, name + "attention.self.key"), 0, 2, 3, 1);
        string value = Heads(Linear(x, name + "attention.self.value"), 0, 2, 1, 3);
        string scores = Add(_graph.Node("Div", [_graph.Node("MatMul", [query, key]), _graph.Constant([MathF.Sqrt(_hidden / _heads)])]), hidden);
        string mixed = _graph.Node("MatMul", [_graph.Node("Softmax", [scores], new OnnxAttribute("axis", -1)), value]);
        string joined = _graph.Node("Reshape", [_graph.Node("Transpose", [mixed], new OnnxAttribute("perm", [0, 2, 1, 3])), Shape(0, 0, _hidden)]);
        x = Norm(Add(Linear(joined, name + "attention.output.dense"), x), name + "attention.output.LayerNorm");
        string wide = Linear(x, name + "intermediate.dense");
        string error = _graph.Node("Erf", [_graph.Node("Div", [wide, _graph.Constant([MathF.Sqrt(2)])])]);
        string active = Multiply(_graph.Node("Mul", [wide, Add(error, _graph.Constant([1f]))]), .5f);
        return Norm(Add(Linear(active, name + "output.dense"), x), name + "output.LayerNorm");
    }

    private string Linear(string x, string name)
    {
        long[] shape = [.. _weights.Find(name + ".weight")!.Shape];
        (int outputs, int inputs) = ((int)shape[0], (int)shape[1]);
        float[] values = _weights.ReadSingles(name + ".weight");
        if (!_quantized)
        {
            float[] turned = new float[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                turned[((i % inputs) * outputs) + (i / inputs)] = values[i];
            }

            string matrix = _graph.Inline(name + ".turned", [inputs, outputs], OnnxDataType.Float32, MemoryMarshal.AsBytes<float>(turned));
            return Add(_graph.Node("MatMul", [x, matrix]), Vector(name + ".bias"));
        }

        float[] scales = [.. Enumerable.Range(0, outputs).Select(row => values.AsSpan(row * inputs, inputs).ToArray().Max(MathF.Abs) / 127)];
        sbyte[] rounded = new sbyte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            rounded[((i % inputs) * outputs) + (i / inputs)] = (sbyte)MathF.Round(values[i] / scales[i / inputs]);
        }

        string packed = _graph.Inline(name + ".rounded", [inputs, outputs], OnnxDataType.Int8, MemoryMarshal.AsBytes<sbyte>(rounded));
        string scale = _graph.Inline(name + ".scales", [outputs], OnnxDataType.Float32, MemoryMarshal.AsBytes<float>(scales));
        string zeros = _graph.Inline(name + ".zeros", [outputs], OnnxDataType.Int8, new byte[outputs]);
        string[] quantized = _graph.Node("DynamicQuantizeLinear", string.Empty, [x], 3);
        string product = _graph.Node("Cast", [_graph.Node("MatMulInteger", [quantized[0], packed, quantized[2], zeros])], new OnnxAttribute("to", (long)OnnxDataType.Float32));
        return Add(_graph.Node("Mul", [product, _graph.Node("Mul", [quantized[1], scale])]), Vector(name + ".bias"));
    }

    private string Heads(string x, params long[] order) =>
        _graph.Node("Transpose", [_graph.Node("Reshape", [x, Shape(0, 0, _heads, _hidden / _heads)])], new OnnxAttribute("perm", order));

    private string Norm(string x, string name) => _graph.Node(
        "LayerNormalization", [x, Vector(name + ".weight"), Vector(name + ".bias")], new OnnxAttribute("epsilon", 1e-12f), new OnnxAttribute("axis", -1));

    private string Vector(string name) =>
        _graph.Inline(name, [.. _weights.Find(name)!.Shape], OnnxDataType.Float32, MemoryMarshal.AsBytes<float>(_weights.ReadSingles(name)));

    private string Add(string a, string b) => _graph.Node("Add", [a, b]);

    private string Multiply(string x, float factor) => _graph.Node("Mul", [x, _graph.Constant([factor])]);

    private string Shape(params long[] values) => _graph.Constant(values, values.Length);
}
