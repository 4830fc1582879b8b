using System.Buffers.Binary;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Packing.Sources;

/// <summary>Reads the matrices of GPTQ and AWQ: eight half bytes to a word, with scales and zeros for groups of inputs.</summary>
internal static class WordMatrices
{
    private const int PerWord = 8;

    // The half byte of an AWQ word that holds each of its columns.
    private static readonly int[] AwqOrder = [0, 4, 1, 5, 2, 6, 3, 7];

    /// <summary>A matrix of GPTQ: words go along the inputs, zeros are stored less 1.</summary>
    public static WordMatrix Gptq(SafetensorsFolder weights, string stem, int rows, int columns)
    {
        uint[] words = Words(weights, stem + "qweight", columns / PerWord, rows);
        (float[] scales, int groups) = Scales(weights, stem, rows);
        uint[] zeros = Words(weights, stem + "qzeros", groups, rows / PerWord);
        int[] order = [.. Words(weights, stem + "g_idx", columns).Select(group => (int)group)];
        return Array.Exists(order, group => (uint)group >= (uint)groups)
            ? throw new CorruptException($"{weights.FolderPath}: '{stem}g_idx' names a group that is not there.", weights.FolderPath)
            : new WordMatrix
            {
                Rows = rows,
                Columns = columns,
                Groups = groups,
                GroupOf = order,
                Scales = scales,
                Zeros = [.. Enumerable.Range(0, groups * rows).Select(i => (byte)(Nibble(zeros[i / PerWord], i % PerWord) + 1))],
                Number = (row, column) => Nibble(words[(column / PerWord * rows) + row], column % PerWord),
            };
    }

    /// <summary>A matrix of AWQ's GEMM layout: words go along the outputs in an order of their own.</summary>
    public static WordMatrix Awq(SafetensorsFolder weights, string stem, int rows, int columns)
    {
        int across = rows / PerWord;
        uint[] words = Words(weights, stem + "qweight", columns, across);
        (float[] scales, int groups) = Scales(weights, stem, rows);
        uint[] zeros = Words(weights, stem + "qzeros", groups, across);
        int size = Math.Max(columns / groups, 1);
        return new WordMatrix
        {
            Rows = rows,
            Columns = columns,
            Groups = groups,
            GroupOf = [.. Enumerable.Range(0, columns).Select(column => Math.Min(column / size, groups - 1))],
            Scales = scales,
            Zeros = [.. Enumerable.Range(0, groups * rows).Select(i => (byte)Nibble(zeros[i / PerWord], AwqOrder[i % PerWord]))],
            Number = (row, column) => Nibble(words[(column * across) + (row / PerWord)], AwqOrder[row % PerWord]),
        };
    }

    private static int Nibble(uint word, int index) => (int)(word >> (4 * index)) & 15;

    private static (float[] Scales, int Groups) Scales(SafetensorsFolder weights, string stem, int rows)
    {
        TensorInfo scales = Require(weights, stem + "scales");
        return scales.Shape is [> 0 and <= int.MaxValue and var groups, var columns] && columns == rows && scales.DataType == TensorDataType.Float16
            ? (weights.ReadSingles(scales.Name), (int)groups)
            : throw Unfit(weights, scales, [-1, rows]);
    }

    private static uint[] Words(SafetensorsFolder weights, string name, params long[] shape)
    {
        TensorInfo tensor = Require(weights, name);
        if (tensor.DataType != TensorDataType.Int32 || !tensor.Shape.SequenceEqual(shape))
        {
            throw Unfit(weights, tensor, shape);
        }

        byte[] bytes = weights.ReadBytes(tensor);
        uint[] words = new uint[bytes.Length / sizeof(uint)];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)));
        }

        return words;
    }

    private static TensorInfo Require(SafetensorsFolder weights, string name) => weights.Find(name) ?? throw new IncompatibleException(
        $"The model folder {weights.FolderPath} lacks the tensor '{name}', which its way of storing weights needs.", weights.FolderPath);

    private static IncompatibleException Unfit(SafetensorsFolder weights, TensorInfo tensor, long[] shape) => new(
        $"The model folder {weights.FolderPath} holds the tensor '{tensor.Name}' as {tensor.Describe()}, but config.json and its way of storing weights ask for another type or the shape {TensorInfo.DescribeShape(shape)}.", weights.FolderPath);
}
