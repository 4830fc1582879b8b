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
/// <param name="head">The matrix that makes logits; it has eight bits in any case: four lose much there, and gain little.</param>
internal sealed class PackingPlan(MatrixSources sources, WeightPrecision precision, Weight? head) : IMatrixPacking
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

    public PackedMatrix? Find(Weight weight)
    {
        string name = PackedNames.Of(weight);
        if (!_planned.TryGetValue(name, out Planned? planned))
        {
            _planned.Add(name, planned = Plan(name, weight));
        }

        return planned?.Matrix;
    }

    public PackedMatrix? FindTable(Weight table) => head is not null && PackedNames.Of(table) == PackedNames.Of(head) ? Find(table) : null;

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
        if (sources.OpenPacked(weight) is { } stored && Keeps(stored))
        {
            return new Planned(Describe(name, stored.Form, stored.Rows, stored.Columns), () => sources.OpenPacked(weight)!);
        }

        if (Form() is not { } form)
        {
            return null;
        }

        form = head is not null && name == PackedNames.Of(head) ? new PackedForm(8, 32) : form;
        MatrixReader matrix = sources.Open(weight);
        return matrix.Rows >= LeastRows && matrix.Columns >= LeastColumns
            ? new Planned(Describe(name, form, matrix.Rows, matrix.Columns), () => new QuantizedRows(sources.Open(weight), form, name))
            : null;
    }

    private Planned? PlanStacked(string name, IReadOnlyList<Weight> first, IReadOnlyList<Weight> second)
    {
        if (sources.OpenPacked(first, second) is { } stored && Keeps(stored))
        {
            return stored.Columns % stored.Form.BlockSize == 0
                ? new Planned(Describe(name, stored.Form, stored.Rows, stored.Columns), () => sources.OpenPacked(first, second)!)
                : null;
        }

        if (Form() is not { } form)
        {
            return null;
        }

        MatrixReader matrix = sources.Open(first, second);
        return matrix.Columns % form.BlockSize == 0
            ? new Planned(Describe(name, form, matrix.Rows, matrix.Columns), () => new QuantizedRows(sources.Open(first, second), form, name))
            : null;
    }

    private bool Keeps(PackedRows stored) => stored.Form.Bits == 4 || precision != WeightPrecision.Int4;

    private PackedForm? Form() => precision switch
    {
        WeightPrecision.Int8 => new PackedForm(8, 32),
        WeightPrecision.Int4 => new PackedForm(4, 32),
        _ => null,
    };

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
        return new PackedMatrix(
            form,
            Tensor(PackedNames.Values(name, form.Bits), TensorDataType.UInt8, rows, blocks, form.BlockBytes),
            Tensor(PackedNames.Scales(name), TensorDataType.Float32, rows, blocks),
            form.Zeros ? Tensor(PackedNames.Zeros(name), TensorDataType.UInt8, rows, form.ZeroBytes(columns)) : null);
    }

    /// <summary>A matrix that is packed.</summary>
    internal sealed record Planned(PackedMatrix Matrix, Func<PackedRows> Open);
}
