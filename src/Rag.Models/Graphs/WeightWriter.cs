using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Packing;
using Rag.Models.Quantization;

namespace Rag.Models.Graphs;

/// <summary>
/// Declares stored tensors in a graph, checked against the shapes that the network needs. Every computation is in single
/// precision: weights stored as F16 or BF16 go through a Cast of a constant, quantised ones through a Cast and a product with
/// their scales, which ONNX Runtime does once while loading (exact), so that no converted copy is written anywhere. Measured
/// with 135 M parameters: loading takes the time and the peak memory that it takes from F32, since the kernels keep a packed
/// copy of their own either way. Embedding rows are gathered first and widened after, so that a table stays in its stored size.
/// </summary>
internal sealed class WeightWriter(OnnxGraphBuilder graph, SafetensorsFolder weights, BorrowedTensor? borrowed = null, WeightStorage storage = WeightStorage.Plain, IMatrixPacking? packing = null, RoundingDescription? rounding = null)
{
    private readonly Dictionary<string, string> _singles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _narrowed = new(StringComparer.Ordinal);
    private readonly WeightSource _source = new(weights, borrowed);
    private readonly RowRounding _rows = new(graph);
    private RoundedProductWriter? _rounded;

    /// <summary>Whether products are of integers, see <see cref="RoundedProductWriter"/>.</summary>
    public bool Rounded => rounding is not null;

    /// <summary>Writes what adapters add to linear layers; null where the graph takes none.</summary>
    public LowRankWriter? LowRank { get; init; }

    /// <summary>The files that hold the declared tensors.</summary>
    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The packed tensors that were declared.</summary>
    public List<SharedTensor> Shared { get; } = [];

    /// <summary>What tells weights apart that are parts or turns of one tensor.</summary>
    public static string KeyOf(Weight weight) => $"{weight.Name}/{weight.Transposed}/{weight.Rows}";

    /// <summary>The tensor in what the graph computes in, which is single precision but for the products of a graph in half precision.</summary>
    /// <exception cref="UnsupportedException">It is stored in a form that serves for looking up rows alone.</exception>
    public string Single(Weight weight)
    {
        string key = KeyOf(weight);
        if (graph.Floats == OnnxDataType.Float32)
        {
            return Unpacked(weight, key);
        }

        if (!_narrowed.TryGetValue(key, out string? narrowed))
        {
            string single;
            using (graph.InSingle())
            {
                single = Unpacked(weight, key);
            }

            _narrowed.Add(key, narrowed = graph.Narrowed(single));
        }

        return narrowed;
    }

    private string Unpacked(Weight weight, string key)
    {
        if (_singles.TryGetValue(key, out string? name))
        {
            return name;
        }

        if (weight.Transposed || weight.Rows is not null)
        {
            string part = Part(weight);
            _singles.Add(key, part);
            return part;
        }

        if (new PackedWeightWriter(graph, weights, storage, Files).TryWrite(weight) is { } unpacked)
        {
            _singles.Add(key, unpacked);
            return unpacked;
        }

        StoredWeight stored = _source.Find(weight);
        name = stored.Form switch
        {
            WeightForm.Float => Single(stored.Values),
            WeightForm.Int8Rows => graph.Node("DequantizeLinear", [Declared(stored.Values), Single(stored.Scales!)], new OnnxAttribute("axis", 0)),
            _ => throw new UnsupportedException(
                $"The model folder {stored.Values.Weights.FolderPath} holds the tensor '{weight.Name}' as {stored.Values.Tensor.Describe()}, two values to a byte; that is supported for word embeddings alone.", stored.Values.Weights.FolderPath),
        };
        _singles.Add(key, name);
        return name;
    }

    /// <summary>Matrices [outputs, inputs] as one of [inputs, all outputs], in single precision.</summary>
    public string SideBySide(IReadOnlyList<Weight> matrices)
    {
        // While loading, every step in single precision costs four times what it costs in bytes.
        StoredWeight[] stored = [.. matrices.Select(_source.Find)];
        return stored.All(weight => weight.Form == WeightForm.Int8Rows)
            ? graph.Node(
                "DequantizeLinear",
                [Transposed([.. stored.Select(weight => Declared(weight.Values))]), Stacked([.. stored.Select(weight => Single(weight.Scales!))])],
                new OnnxAttribute("axis", 1))
            : Transposed([.. matrices.Select(Single)]);
    }

    /// <summary>Vectors one after another, in single precision.</summary>
    public string Joined(IReadOnlyList<Weight> vectors) => Stacked([.. vectors.Select(Single)]);

    /// <summary>Rows of a table, in single precision.</summary>
    public string Rows(Weight table, string ids)
    {
        if (packing?.FindTable(table) is { Form: { Bits: 4 or 8, Zeros: false } form } packed && table.Shape[1] % form.BlockSize == 0)
        {
            return Packed().Rows(packed, table, ids);
        }

        StoredWeight stored = _source.Find(table);
        return stored.Form switch
        {
            WeightForm.Float => Widened(graph.Node("Gather", [DeclaredTable(stored.Values), ids]), stored.Values),
            WeightForm.Int8Rows => graph.Node(
                "Mul",
                [Widened(graph.Node("Gather", [Declared(stored.Values), ids])), Column(Widened(graph.Node("Gather", [Declared(stored.Scales!), ids])))]),

            // The operator (ContribOperators.md) computes in the type of the scales: single precision keeps it exact.
            _ => graph.MicrosoftNode(
                "GatherBlockQuantized",
                [Declared(stored.Values), ids, Single(stored.Scales!)],
                new OnnxAttribute("bits", 4),
                new OnnxAttribute("block_size", QuantizedFormat.BlockSize),
                new OnnxAttribute("gather_axis", 0),
                new OnnxAttribute("quantize_axis", 1)),
        };
    }

    /// <summary>What follows has another number of rows than what came before; see <see cref="RowRounding"/>.</summary>
    public void BeginRows() => _rows.BeginRows();

    /// <summary>x W^T, without the bias.</summary>
    public string Product(string x, LinearDescription linear)
    {
        string product = packing?.Find(linear.Weight) is { } packed
            ? Packed().Product(x, packed, linear.Weight)
            : rounding is not null ? (_rounded ??= new RoundedProductWriter(graph, this, rounding)).Product(x, linear.Weight)
            : Exact(x, linear);
        return Adapted(product, x, linear);
    }

    /// <summary>x W^T + b.</summary>
    public string Linear(string x, LinearDescription linear) => Biased(Product(x, linear), linear);

    /// <summary>x W^T, without the bias, in single precision even where other products are not.</summary>
    public string ExactProduct(string x, LinearDescription linear) => Adapted(Exact(x, linear), x, linear);

    /// <summary>x W^T + b, in single precision even where other matrices are packed: for choices that rounding would turn.</summary>
    public string ExactLinear(string x, LinearDescription linear) => Biased(ExactProduct(x, linear), linear);

    /// <summary>Experts' matrices one under another as the experts' operator takes them packed; null where they are not. See <see cref="IMatrixPacking.FindStacked"/>.</summary>
    public PackedMatrix? PackedExperts(IReadOnlyList<Weight> first, IReadOnlyList<Weight> second) => packing?.FindStacked(first, second);

    /// <summary>The numbers of packed experts, of the shape that is given, and their scales.</summary>
    public (string Values, string Scales) DeclareExperts(PackedMatrix packed, long[] values, long[] scales)
    {
        PackedProductWriter writer = Packed();
        return (writer.Declare(packed.Values, OnnxDataType.UInt8, values), graph.Narrowed(writer.Declare(packed.Scales!, OnnxDataType.Float32, scales)));
    }

    private PackedProductWriter Packed() => new(graph, Files, Shared, packing!.AccuracyLevel, _rows);

    private string Adapted(string product, string x, LinearDescription linear) => LowRank?.Add(product, x, linear.Weight) ?? product;

    private string Exact(string x, LinearDescription linear) =>
        graph.MicrosoftNode("FusedMatMul", [x, Single(linear.Weight)], new OnnxAttribute("transB", 1));

    private string Biased(string product, LinearDescription linear) => linear.Bias is null ? product : graph.Node("Add", [product, Single(linear.Bias)]);

    // Done once while loading, since all of it is constant.
    private string Part(Weight weight)
    {
        string value = Single(weight with { Transposed = false, Rows = null });
        if (weight.Transposed)
        {
            value = graph.Node("Transpose", [value], new OnnxAttribute("perm", weight.Shape.Length == 3 ? [0, 2, 1] : [1, 0]));
        }

        if (weight.Rows is not { } rows)
        {
            return value;
        }

        string grouped = graph.Node("Reshape", [value, graph.Constant([rows.Groups, rows.Units, -1], 3)]);
        string taken = rows.Count == rows.Units
            ? grouped
            : graph.Node("Slice", [grouped, graph.Constant([(long)rows.Start], 1), graph.Constant([(long)rows.Start + rows.Count], 1), graph.Constant([1L], 1)]);
        return graph.Node("Reshape", [taken, rows.RowSize == 0 ? graph.Constant([-1L], 1) : graph.Constant([-1, rows.RowSize], 2)]);
    }

    private string Stacked(string[] values) => values.Length == 1 ? values[0] : graph.Node("Concat", values, new OnnxAttribute("axis", 0));

    private string Transposed(string[] values) => graph.Node("Transpose", [Stacked(values)], new OnnxAttribute("perm", [1, 0]));

    private string Declared(StoredTensor tensor) => tensor.Declare(graph, Files);

    // Looked up as it is stored, it may serve several sessions.
    private string DeclaredTable(StoredTensor tensor)
    {
        string name = Declared(tensor);
        if (!tensor.Borrowed)
        {
            Shared.Add(new SharedTensor(name, tensor.Tensor, tensor.ElementType, [.. tensor.Tensor.Shape]));
        }

        return name;
    }

    private string Single(StoredTensor tensor) => Widened(Declared(tensor), tensor);

    private string Widened(string value, StoredTensor tensor) => tensor.Tensor.DataType == TensorDataType.Float32 ? value : Widened(value);

    private string Widened(string value) => graph.Node("Cast", [value], new OnnxAttribute("to", (long)OnnxDataType.Float32));

    // One scale beside each row.
    private string Column(string scales) => graph.Node("Unsqueeze", [scales, graph.Constant([-1L], 1)]);
}
