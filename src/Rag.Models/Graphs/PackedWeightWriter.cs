using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Writes the arithmetic that turns matrices of other tools' quantised checkpoints into single precision. All of it is of
/// constants, so that ONNX Runtime does it once while loading; activations are left as they are.
/// </summary>
internal sealed class PackedWeightWriter(OnnxGraphBuilder graph, SafetensorsFolder weights, WeightStorage storage, ISet<string> files)
{
    private const int Square = 128;
    private const int PerWord = 8;

    // The half byte of an AWQ word that holds each of its columns.
    private static readonly long[] AwqOrder = [0, 4, 1, 5, 2, 6, 3, 7];
    private static readonly float[] Float4 = [0, .5f, 1, 1.5f, 2, 3, 4, 6, -0f, -.5f, -1, -1.5f, -2, -3, -4, -6];

    /// <summary>The matrix in single precision; null where it is not stored so.</summary>
    public string? TryWrite(Weight weight) => storage switch
    {
        WeightStorage.Float8Blocks when weights.Find(weight.Name)?.DataType == TensorDataType.Float8E4M3 && weight.Shape.Length == 2 => Float8(weight),
        WeightStorage.Gptq when Stem(weight) is { } stem => Gptq(stem, weight.Shape[0], weight.Shape[1]),
        WeightStorage.Awq when Stem(weight) is { } stem => Awq(stem, weight.Shape[0], weight.Shape[1]),
        WeightStorage.MicroscalingFloat4 when weights.Find(weight.Name + "_blocks") is not null && weight.Shape is [var count, var rows, var columns] =>
            MicroscalingFloat4(weight.Name, count, rows, columns),
        _ => null,
    };

    // "X" of "X.weight" where the words of that matrix are there.
    private string? Stem(Weight weight) =>
        weight.Shape.Length == 2 && weight.Name.EndsWith(".weight", StringComparison.Ordinal) && weights.Find(weight.Name[..^6] + "qweight") is not null ? weight.Name[..^6] : null;

    // Blocks are counted from the first row and column: the last of a dimension may be cut off.
    private string Float8(Weight weight)
    {
        (long rows, long columns) = (weight.Shape[0], weight.Shape[1]);
        (long down, long across) = ((rows + Square - 1) / Square, (columns + Square - 1) / Square);
        string values = Single(Tensor(weight.Name, OnnxDataType.Float8E4M3, [rows, columns], TensorDataType.Float8E4M3));
        string scales = Single(Tensor(weight.Name + "_scale_inv", OnnxDataType.Float32, [down, across], TensorDataType.Float32));
        string spread = graph.Node("Expand", [Reshape(scales, down, 1, across, 1), Shape(down, Square, across, Square)]);
        string whole = Reshape(spread, down * Square, across * Square);
        string cut = graph.Node("Slice", [whole, Shape(0, 0), Shape(rows, columns)]);
        return graph.Node("Mul", [values, cut]);
    }

    private string Gptq(string stem, long outputs, long inputs)
    {
        string words = Words(stem + "qweight", [inputs / PerWord, outputs]);
        string values = Single(Reshape(Nibbles(Reshape(words, inputs / PerWord, 1, outputs), [0, 1, 2, 3, 4, 5, 6, 7], [1, PerWord, 1]), inputs, outputs));
        long groups = Groups(stem, outputs);
        string zeros = Single(Reshape(Nibbles(Reshape(Words(stem + "qzeros", [groups, outputs / PerWord]), groups, outputs / PerWord, 1), [0, 1, 2, 3, 4, 5, 6, 7], [1, 1, PerWord]), groups, outputs));
        string order = Tensor(stem + "g_idx", OnnxDataType.Int32, [inputs], TensorDataType.Int32);
        return Scaled(stem, values, graph.Node("Add", [zeros, graph.Constant([1f])]), order, groups, outputs);
    }

    private string Awq(string stem, long outputs, long inputs)
    {
        long groups = Groups(stem, outputs);
        string Columns(string name, long rows) =>
            Single(Reshape(Nibbles(Reshape(Words(name, [rows, outputs / PerWord]), rows, outputs / PerWord, 1), AwqOrder, [1, 1, PerWord]), rows, outputs));
        string values = Columns(stem + "qweight", inputs);
        string zeros = Columns(stem + "qzeros", groups);
        long size = Math.Max(inputs / groups, 1);
        string order = graph.Constant([.. Enumerable.Range(0, (int)inputs).Select(i => i / size)], inputs);
        return Scaled(stem, values, zeros, order, groups, outputs);
    }

    // scale * (value - zero), each of the group that an input belongs to; [inputs, outputs] turned.
    private string Scaled(string stem, string values, string zeros, string order, long groups, long outputs)
    {
        string scales = Single(Tensor(stem + "scales", OnnxDataType.Float16, [groups, outputs], TensorDataType.Float16));
        string shifted = graph.Node("Sub", [values, graph.Node("Gather", [zeros, order])]);
        return graph.Node("Transpose", [graph.Node("Mul", [shifted, graph.Node("Gather", [scales, order])])], new OnnxAttribute("perm", [1, 0]));
    }

    // Stored [count, columns, rows], and so turned back.
    private string MicroscalingFloat4(string name, long count, long rows, long columns)
    {
        const long Block = 32;
        long blocks = rows / Block;
        string bytes = Tensor(name + "_blocks", OnnxDataType.UInt8, [count, columns, blocks, Block / 2], TensorDataType.UInt8);
        string low = graph.Node("Unsqueeze", [graph.Node("BitwiseAnd", [bytes, graph.Constant((byte)15)]), Shape(-1)]);
        string high = graph.Node("Unsqueeze", [graph.Node("BitShift", [bytes, graph.Constant((byte)4)], new OnnxAttribute("direction", "RIGHT")), Shape(-1)]);
        string codes = Reshape(Index(graph.Node("Concat", [low, high], new OnnxAttribute("axis", -1))), count, columns, blocks, Block);
        string values = graph.Node("Gather", [graph.Constant(Float4, Float4.Length), codes]);
        string exponents = Index(Tensor(name + "_scales", OnnxDataType.UInt8, [count, columns, blocks], TensorDataType.UInt8));
        float[] powers = [.. Enumerable.Range(0, 256).Select(i => MathF.ScaleB(1, i - 127))];
        string scales = Reshape(graph.Node("Gather", [graph.Constant(powers, powers.Length), exponents]), count, columns, blocks, 1);
        return graph.Node("Transpose", [Reshape(graph.Node("Mul", [values, scales]), count, columns, rows)], new OnnxAttribute("perm", [0, 2, 1]));
    }

    private long Groups(string stem, long outputs)
    {
        TensorInfo scales = Require(stem + "scales");
        return scales.Shape is [> 0 and var groups, var columns] && columns == outputs ? groups : throw Unfit(scales, [-1, outputs]);
    }

    private string Words(string name, long[] shape) =>
        graph.Node("Cast", [Tensor(name, OnnxDataType.Int32, shape, TensorDataType.Int32)], new OnnxAttribute("to", (long)OnnxDataType.UInt32));

    // The half bytes of each word, in an order, along a dimension of length 1.
    private string Nibbles(string words, long[] order, long[] shape)
    {
        string shifts = graph.Node("Cast", [graph.Constant([.. order.Select(i => 4 * i)], shape)], new OnnxAttribute("to", (long)OnnxDataType.UInt32));
        string mask = graph.Node("Cast", [graph.Constant([15L])], new OnnxAttribute("to", (long)OnnxDataType.UInt32));
        return graph.Node("BitwiseAnd", [graph.Node("BitShift", [words, shifts], new OnnxAttribute("direction", "RIGHT")), mask]);
    }

    private string Tensor(string name, OnnxDataType type, long[] shape, TensorDataType stored)
    {
        TensorInfo tensor = Require(name);
        if (tensor.DataType != stored || !tensor.Shape.SequenceEqual(shape))
        {
            throw Unfit(tensor, shape);
        }

        files.Add(tensor.FilePath);
        return graph.External(tensor, type);
    }

    private TensorInfo Require(string name) => weights.Find(name) ?? throw new IncompatibleException(
        $"The model folder {weights.FolderPath} lacks the tensor '{name}', which its way of storing weights needs.", weights.FolderPath);

    private IncompatibleException Unfit(TensorInfo tensor, long[] shape) => new(
        $"The model folder {weights.FolderPath} holds the tensor '{tensor.Name}' as {tensor.Describe()}, but config.json and its way of storing weights ask for another type or the shape {TensorInfo.DescribeShape(shape)}.", weights.FolderPath);

    private string Shape(params long[] values) => graph.Constant(values, values.Length);

    private string Reshape(string x, params long[] shape) => graph.Node("Reshape", [x, Shape(shape)]);

    private string Single(string x) => graph.Node("Cast", [x], new OnnxAttribute("to", (long)OnnxDataType.Float32));

    private string Index(string x) => graph.Node("Cast", [x], new OnnxAttribute("to", (long)OnnxDataType.Int32));
}
