using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rag.Models.Formats.Safetensors;

namespace Rag.Runtime.Embedding;

/// <summary>
/// One vector per token id, each stored as signed bytes and one scale: row i is <c>embeddings[i] * scales[i]</c>. Immutable.
/// </summary>
internal sealed class StaticTokenTable
{
    public const string FileName = "embeddings.safetensors";

    private readonly sbyte[] _rows;
    private readonly float[] _scales;

    private StaticTokenTable(sbyte[] rows, float[] scales, int dimensions)
    {
        _rows = rows;
        _scales = scales;
        Dimensions = dimensions;
    }

    /// <summary>Length of a row.</summary>
    public int Dimensions { get; }

    /// <summary>Number of rows.</summary>
    public int Rows => _scales.Length;

    /// <summary>Reads a table: <c>embeddings</c> int8 [rows, dims] and <c>scales</c> f16, bf16 or f32 [rows].</summary>
    /// <exception cref="RagException">The file is not there, damaged, of another form, or larger than allowed.</exception>
    public static StaticTokenTable Load(string path, long maxBytes)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        TensorInfo embeddings = file.Require("embeddings");
        TensorInfo scales = file.Require("scales");
        if (embeddings.DataType != TensorDataType.Int8
            || embeddings.Shape is not [> 0, > 0]
            || scales.DataType is not (TensorDataType.Float16 or TensorDataType.BFloat16 or TensorDataType.Float32)
            || scales.Shape is not [var rows] || rows != embeddings.Shape[0])
        {
            throw new UnsupportedException(
                $"{path} holds embeddings {embeddings.Describe()} and scales {scales.Describe()}; a static token table has embeddings I8 [rows, dims] and scales F16 [rows].", path);
        }

        long most = Math.Min(maxBytes, Array.MaxLength);
        if (embeddings.Length > most)
        {
            throw new LimitExceededException(nameof(StaticEmbedderOptions.MaxTableBytes), most, embeddings.Length, path);
        }

        float[] factors = file.ReadSingles(scales);
        if (factors.AsSpan().ContainsAnyExceptInRange(-float.MaxValue, float.MaxValue))
        {
            throw new CorruptException($"{path}: 'scales' holds a number that is not finite.", path, scales.Offset);
        }

        sbyte[] values = GC.AllocateUninitializedArray<sbyte>((int)embeddings.Length);
        file.ReadBytes(embeddings, MemoryMarshal.AsBytes(values.AsSpan()));
        return new StaticTokenTable(values, factors, (int)embeddings.Shape[1]);
    }

    /// <summary>
    /// The mean of the rows of some ids, divided by its length (Tulkens and van Dongen, "Model2Vec", 2024: static vectors are
    /// looked up and averaged). The count cancels in that division and is left out.
    /// </summary>
    /// <param name="ids">Ids below <see cref="Rows"/>.</param>
    /// <param name="vector">Receives <see cref="Dimensions"/> values.</param>
    /// <returns>False, and zeros, where there is no id or the rows cancel out.</returns>
    public bool TryAverage(ReadOnlySpan<int> ids, Span<float> vector)
    {
        vector.Clear();
        foreach (int id in ids)
        {
            Add(_rows.AsSpan(id * Dimensions, Dimensions), _scales[id], vector);
        }

        float norm = TensorPrimitives.Norm<float>(vector);
        if (!(norm > 1e-12f) || !float.IsFinite(norm))
        {
            vector.Clear();
            return false;
        }

        TensorPrimitives.Divide(vector, norm, vector);
        return true;
    }

    /// <summary>sum += scale * row, the bytes widened in registers.</summary>
    private static void Add(ReadOnlySpan<sbyte> row, float scale, Span<float> sum)
    {
        int at = 0;
        int step = Vector<float>.Count;
        if (Vector.IsHardwareAccelerated)
        {
            Vector<float> factor = new(scale);
            for (; at <= row.Length - Vector<sbyte>.Count; at += Vector<sbyte>.Count)
            {
                Vector.Widen(new Vector<sbyte>(row[at..]), out Vector<short> low, out Vector<short> high);
                Accumulate(low, factor, sum.Slice(at, 2 * step));
                Accumulate(high, factor, sum.Slice(at + (2 * step), 2 * step));
            }
        }

        for (; at < row.Length; at++)
        {
            sum[at] += scale * row[at];
        }
    }

    private static void Accumulate(Vector<short> values, Vector<float> factor, Span<float> sum)
    {
        Vector.Widen(values, out Vector<int> low, out Vector<int> high);
        Span<float> second = sum[Vector<float>.Count..];
        Vector.FusedMultiplyAdd(Vector.ConvertToSingle(low), factor, new Vector<float>(sum)).CopyTo(sum);
        Vector.FusedMultiplyAdd(Vector.ConvertToSingle(high), factor, new Vector<float>(second)).CopyTo(second);
    }
}
