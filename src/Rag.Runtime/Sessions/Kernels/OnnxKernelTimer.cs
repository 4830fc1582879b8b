using System.Runtime.InteropServices;
using Rag.Models.Formats.Onnx;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>Times kernels by running them in turns, for a tenth of a second, or half of one where other work is in the way; see <see cref="RunsInTurns"/>.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">The time that all it is asked may take together, but for a run that has begun.</param>
internal sealed class OnnxKernelTimer(TimeProvider time, TimeSpan limit) : IKernelTimer
{
    private const int BlockSize = 128;
    private const int FourBitBlockSize = 32;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);
    private readonly long _began = time.GetTimestamp();
    private byte[] _bytes = [];

    public IReadOnlyList<KernelTime>? InTurns(IReadOnlyList<KernelWork> works, CancellationToken cancellationToken)
    {
        List<TimedGraph> graphs = [];
        try
        {
            foreach (KernelWork work in works)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Left <= TimeSpan.Zero)
                {
                    return null;
                }

                graphs.Add(Graph(work));
            }

            // The first run makes the memory that the others find.
            graphs.ForEach(graph => graph.Run(time));
            TimeSpan most = Left < Most ? Left : Most;
            return RunsInTurns.Of([.. graphs.Select(graph => (Func<double>)(() => graph.Run(time)))], time, Enough, most, cancellationToken);
        }
        finally
        {
            graphs.ForEach(graph => graph.Dispose());
        }
    }

    private TimeSpan Left => limit - time.GetElapsedTime(_began);

    private TimedGraph Graph(KernelWork work) => work switch
    {
        ProductWork product => Product(product),
        AttentionWork attention => Attention(attention),
        _ => throw new ArgumentOutOfRangeException(nameof(work)),
    };

    private TimedGraph Product(ProductWork work)
    {
        OnnxGraphBuilder graph = new();
        (int inputs, int outputs, int rows) = (work.Shape.Hidden, work.Shape.Inner, work.Rows);
        string x = graph.Input("x", OnnxDataType.Float32, rows, inputs);
        RowRounding rounding = new(graph);
        string[] both = [.. Enumerable.Range(0, 2).Select(i => work.Form switch
        {
            ProductForm.EightBitRows => RowsProduct(graph, rounding, i, x, inputs, outputs),
            ProductForm.FourBitBlocks => BlocksProduct(graph, i, x, inputs, outputs, 4, FourBitBlockSize),
            _ => BlocksProduct(graph, i, x, inputs, outputs, 8, BlockSize),
        })];
        graph.AddNode("y", "Mul", string.Empty, both, ["y"]);
        graph.Output("y", OnnxDataType.Float32, rows, outputs);
        TimedGraph timed = new(graph, work.Shape.Threads, work.Shape.Spins);
        timed.In("x", Numbers(rows * inputs), rows, inputs);
        timed.Out("y", rows, outputs);
        return timed;
    }

    private static TimedGraph Attention(AttentionWork work)
    {
        // As the cache grows there are some rows more than tokens, which plain products compute as well.
        (KernelShape shape, int length, int rows) = (work.Shape, work.Length, work.Rows);
        int capacity = length + (work.Plain ? length / 16 : 0);
        int width = shape.HeadSize;
        TimedGraph timed = new(new AttentionGraph(shape, work.Plain, capacity, work.Layers, rows).Builder, shape.Threads, shape.Spins);
        timed.In("query", Numbers(rows * shape.Heads * width), 1, rows, shape.Heads * width);
        timed.In("row", Numbers(rows * shape.KeyHeads * width), 1, rows, shape.KeyHeads * width);
        timed.Out("y", 1, rows, shape.Heads * width);
        if (work.Plain)
        {
            timed.In("mask", new float[capacity], 1, 1, 1, capacity);
            timed.In("position", [(long)length - 1], 1);
        }
        else
        {
            timed.In("last", [length - 1], 1);
            timed.In("total", [length], 1);
        }

        foreach (string name in Enumerable.Range(0, work.Layers).SelectMany(AttentionGraph.Caches))
        {
            timed.InPlace("past_" + name, "present_" + name, Numbers(shape.KeyHeads * capacity * width), 1, shape.KeyHeads, capacity, width);
        }

        return timed;
    }

    private string BlocksProduct(OnnxGraphBuilder graph, int number, string x, int inputs, int outputs, int bits, int blockSize)
    {
        int blocks = inputs / blockSize;
        string matrix = graph.Inline(FormattableString.Invariant($"matrix.{number}"), [outputs, blocks, blockSize * bits / 8], OnnxDataType.UInt8, Bytes(outputs * inputs * bits / 8));
        string scales = graph.Inline(FormattableString.Invariant($"scales.{number}"), [outputs, blocks], OnnxDataType.Float32, MemoryMarshal.AsBytes<float>(Numbers(outputs * blocks)));
        return graph.MicrosoftNode(
            "MatMulNBits", [x, matrix, scales], new OnnxAttribute("K", inputs), new OnnxAttribute("N", outputs), new OnnxAttribute("bits", bits), new OnnxAttribute("block_size", blockSize), new OnnxAttribute("accuracy_level", 4));
    }

    private string RowsProduct(OnnxGraphBuilder graph, RowRounding rounding, int number, string x, int inputs, int outputs)
    {
        string matrix = graph.Inline(FormattableString.Invariant($"matrix.{number}"), [inputs, outputs], OnnxDataType.Int8, Bytes(outputs * inputs));
        string columns = graph.Inline(FormattableString.Invariant($"scales.{number}"), [outputs], OnnxDataType.Float32, MemoryMarshal.AsBytes<float>(Numbers(outputs)));
        (string values, string scales) = rounding.Write(x, inputs);
        string product = graph.MicrosoftNode("MatMulIntegerToFloat", [values, matrix, graph.Constant([1f]), columns, graph.Constant(RowRounding.Middle)]);
        return graph.Node("Mul", [product, scales]);
    }

    // Any numbers will do, if they are none that processors are slow with.
    private static float[] Numbers(int count)
    {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = ((i % 251) - 125) / 125f;
        }

        return numbers;
    }

    // The same for all matrices of the longest length.
    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (_bytes.Length < count)
        {
            _bytes = new byte[count];
            for (int i = 0; i < count; i++)
            {
                _bytes[i] = (byte)(i % 251);
            }
        }

        return _bytes.AsSpan(0, count);
    }
}
