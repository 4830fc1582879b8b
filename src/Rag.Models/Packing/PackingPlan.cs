using System.Globalization;
using Rag.Models.Facts;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Packing;

/// <summary>
/// Decides the form of each matrix while a graph is written for show, and remembers it. What it says of a tensor is true but for
/// where it lies, which is known when the file is written.
/// </summary>
/// <param name="sources">The checkpoint.</param>
/// <param name="precision">What is asked for.</param>
/// <param name="rowSteps">See <see cref="PackingOptions"/>.</param>
/// <param name="head">The matrix that makes logits; it has eight bits in any case: four lose much there, and gain little.</param>
internal sealed class PackingPlan(MatrixSources sources, WeightPrecision precision, int rowSteps, Weight? head) : IMatrixPacking
{
    // Smaller ones are no gain, and kernels may refuse them.
    private const int LeastRows = 8;
    private const int LeastColumns = 16;

    // Where no file is yet.
    private const string Nowhere = "packed";
    private readonly Dictionary<string, Planned?> _planned = new(StringComparer.Ordinal);

    public int AccuracyLevel => 4;

    /// <summary>The matrices that are packed, with what opens them.</summary>
    public IEnumerable<Planned> Matrices => _planned.Values.OfType<Planned>();

    /// <summary>The stored tensors that the graph declares beside them; set when it was written for show.</summary>
    public IReadOnlyList<TensorInfo> Kept { get; set; } = [];

    /// <summary>What is held as what, in words, the largest part first.</summary>
    public IReadOnlyList<PackingGroup> Groups() =>
        [.. Matrices.Select(matrix => (matrix.Words, matrix.Bytes)).Concat(Kept.Select(tensor => ($"{TensorDataTypes.NameOf(tensor.DataType)}, as stored, computed in f32", tensor.Length)))
            .GroupBy(part => part.Item1, StringComparer.Ordinal)
            .Select(group => new PackingGroup(group.Key, group.Count(), group.Sum(part => part.Item2)))
            .OrderByDescending(group => group.Bytes).ThenBy(group => group.Form, StringComparer.Ordinal)];

    public PackedMatrix? Find(Weight weight)
    {
        string name = PackedNames.Of(weight);
        if (!_planned.TryGetValue(name, out Planned? planned))
        {
            _planned.Add(name, planned = Plan(name, weight));
        }

        return planned?.Matrix;
    }

    public PackedMatrix? FindTable(Weight table)
    {
        if (head is null || PackedNames.Of(table) != PackedNames.Of(head))
        {
            return null;
        }

        if (precision != WeightPrecision.Int8Rows)
        {
            return Find(table);
        }

        // Rows cannot be looked up in a turned matrix.
        string name = PackedNames.Table(PackedNames.Of(table));
        if (!_planned.TryGetValue(name, out Planned? planned))
        {
            _planned.Add(name, planned = PlanTable(name, table));
        }

        return planned?.Matrix;
    }

    public PackedMatrix? FindStacked(IReadOnlyList<Weight> first, IReadOnlyList<Weight> second)
    {
        string name = PackedNames.OfStacked(first, second);
        if (!_planned.TryGetValue(name, out Planned? planned))
        {
            _planned.Add(name, planned = PlanStacked(name, first, second));
        }

        return planned?.Matrix;
    }

    private Planned? Plan(string name, Weight weight)
    {
        if (precision == WeightPrecision.Int8Rows)
        {
            MatrixReader rounded = sources.Open(weight);
            PackedForm rows = PackedForm.Int8Rows(rounded.Columns);

            // Scales lie behind the numbers at a multiple of their size.
            return rounded.Rows >= LeastRows && rounded.Columns >= LeastColumns && rounded.Rows * rounded.Columns % sizeof(float) == 0
                ? new Planned(Describe(name, rows, rounded.Rows, rounded.Columns), () => new WholeRows(sources.Open(weight), rowSteps, name), "rounded")
                : null;
        }

        if (sources.OpenPacked(weight) is { } stored && Keeps(stored))
        {
            return new Planned(Describe(name, stored.Form, stored.Rows, stored.Columns), () => sources.OpenPacked(weight)!, "as stored");
        }

        if (precision == WeightPrecision.Stored)
        {
            return null;
        }

        MatrixReader matrix = sources.Open(weight);
        if (precision == WeightPrecision.Half)
        {
            return new Planned(Describe(name, PackedForm.Half(matrix.Columns), matrix.Rows, matrix.Columns), () => new HalfRows(sources.Open(weight), name), "rounded");
        }

        bool eight = precision == WeightPrecision.Int8 || (head is not null && name == PackedNames.Of(head));
        PackedForm form = eight ? PackedForm.Int8(matrix.Columns) : PackedForm.Int4;
        return matrix.Rows >= LeastRows && matrix.Columns >= LeastColumns
            ? new Planned(Describe(name, form, matrix.Rows, matrix.Columns), () => new QuantizedRows(sources.Open(weight), form, name), "rounded")
            : null;
    }

    private Planned? PlanTable(string name, Weight table)
    {
        if (sources.OpenPacked(table) is { Form.Zeros: false } stored && stored.Columns % stored.Form.BlockSize == 0)
        {
            return new Planned(Describe(name, stored.Form, stored.Rows, stored.Columns), () => sources.OpenPacked(table)!, "as stored");
        }

        MatrixReader matrix = sources.Open(table);
        PackedForm form = PackedForm.Int8(matrix.Columns);
        return matrix.Columns % form.BlockSize == 0
            ? new Planned(Describe(name, form, matrix.Rows, matrix.Columns), () => new QuantizedRows(sources.Open(table), form, name), "rounded")
            : null;
    }

    private Planned? PlanStacked(string name, IReadOnlyList<Weight> first, IReadOnlyList<Weight> second)
    {
        if (sources.OpenPacked(first, second) is { } stored && (stored.Form.Bits == 8 || precision == WeightPrecision.Stored))
        {
            return stored.Columns % stored.Form.BlockSize == 0
                ? new Planned(Describe(name, stored.Form, stored.Rows, stored.Columns), () => sources.OpenPacked(first, second)!, "experts, as stored")
                : null;
        }

        // The experts' operator takes no halves here.
        if (precision is WeightPrecision.Stored or WeightPrecision.Half)
        {
            return null;
        }

        // Their operator takes six times as long for a token with four bits as with eight (measured on a CPU), and has one block size for all.
        MatrixReader matrix = sources.Open(first, second);
        PackedForm form = new(8, 32);
        return matrix.Columns % form.BlockSize == 0
            ? new Planned(Describe(name, form, matrix.Rows, matrix.Columns), () => new QuantizedRows(sources.Open(first, second), form, name), "experts, rounded")
            : null;
    }

    private bool Keeps(PackedRows stored) => stored.Form.Bits == 4 || precision != WeightPrecision.Int4;

    private static PackedMatrix Describe(string name, PackedForm form, long rows, int columns)
    {
        int blocks = form.Blocks(columns);
        TensorInfo Tensor(string tensor, TensorDataType type, params long[] shape) => new()
        {
            Name = tensor,
            DataType = type,
            Shape = shape,
            FilePath = Nowhere,
            Offset = 0,
            Length = checked(shape.Aggregate(1L, (product, size) => checked(product * size)) * TensorDataTypes.BitsOf(type) / 8),
        };
        if (form.IsHalf)
        {
            return new PackedMatrix(form, Tensor(PackedNames.Values(name, form.Bits), TensorDataType.Float16, rows, columns), null, null);
        }

        if (form.IsTurned)
        {
            return new PackedMatrix(form, Tensor(PackedNames.Turned(name), TensorDataType.Int8, columns, rows), Tensor(PackedNames.Scales(name), TensorDataType.Float32, rows), null);
        }

        return new PackedMatrix(
            form,
            Tensor(PackedNames.Values(name, form.Bits), TensorDataType.UInt8, rows, blocks, form.BlockBytes),
            Tensor(PackedNames.Scales(name), TensorDataType.Float32, rows, blocks),
            form.Zeros ? Tensor(PackedNames.Zeros(name), TensorDataType.UInt8, rows, form.ZeroBytes(columns)) : null);
    }

    /// <summary>A matrix that is packed.</summary>
    internal sealed record Planned(PackedMatrix Matrix, Func<PackedRows> Open, string Origin)
    {
        public long Bytes => Matrix.Values.Length + (Matrix.Scales?.Length ?? 0) + (Matrix.Zeros?.Length ?? 0);

        public string Words => Matrix.Form.IsHalf ? $"F16, {Origin}, computed in f32" : Matrix.Form.IsTurned ? $"int8 by rows, {Origin}" : string.Create(CultureInfo.InvariantCulture, $"int{Matrix.Form.Bits} in blocks of {Matrix.Form.BlockSize}{(Matrix.Form.Zeros ? " with zeros" : "")}, {Origin}");
    }
}
