using System.Runtime.InteropServices;
using Rag.Models.Formats.Onnx;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>Times kernels by running them: two forms in turns for a tenth of a second, or half of one where other work is in the way, the best of each.</summary>
internal sealed class OnnxKernelTimer(TimeProvider time) : IKernelTimer
{
    // On a machine with other work few runs have a processor for themselves.
    private const int LeastRuns = 10;
    private const int BlockSize = 128;

    // More than the second level of caches holds, so that keys and values come from where they do in a whole network.
    private const long CacheBytes = 24 << 20;
    private const int MostLayers = 32;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);

    public (double Blocks, double ByRows) Products(KernelShape shape, int rows)
    {
        using TimedGraph blocks = Product(shape, byRows: false, rows);
        using TimedGraph byRows = Product(shape, byRows: true, rows);
        return InTurns(blocks, byRows);
    }

    public (double Fused, double Plain) Attention(KernelShape shape, int length)
    {
        using TimedGraph fused = Attention(shape, plain: false, length);
        using TimedGraph plain = Attention(shape, plain: true, length);
        return InTurns(fused, plain);
    }

    private static TimedGraph Product(KernelShape shape, bool byRows, int rows)
    {
        OnnxGraphBuilder graph = new();
        (int inputs, int outputs) = (shape.Hidden, shape.Inner);
        string x = graph.Input("x", OnnxDataType.Float32, rows, inputs);
        RowRounding rounding = new(graph);
        string[] both = [.. Enumerable.Range(0, 2).Select(i => byRows ? RowsProduct(graph, rounding, i, x, inputs, outputs) : BlocksProduct(graph, i, x, inputs, outputs))];
        graph.AddNode("y", "Mul", string.Empty, both, ["y"]);
        graph.Output("y", OnnxDataType.Float32, rows, outputs);
        TimedGraph timed = new(graph, shape.Threads);
        timed.In("x", Numbers(rows * inputs), rows, inputs);
        timed.Out("y", rows, outputs);
        return timed;
    }

    private static TimedGraph Attention(KernelShape shape, bool plain, int length)
    {
        // As the cache grows there are some rows more than tokens, which plain products compute as well.
        int capacity = length + (plain ? length / 16 : 0);
        int width = shape.HeadSize;
        int layers = (int)Math.Clamp(CacheBytes / (8L * shape.KeyHeads * capacity * width), 1, MostLayers);
        TimedGraph timed = new(new AttentionGraph(shape, plain, capacity, layers).Builder, shape.Threads);
        timed.In("query", Numbers(shape.Heads * width), 1, 1, shape.Heads * width);
        timed.In("row", Numbers(shape.KeyHeads * width), 1, 1, shape.KeyHeads * width);
        timed.Out("y", 1, 1, shape.Heads * width);
        if (plain)
        {
            timed.In("mask", new float[capacity], 1, 1, 1, capacity);
            timed.In("position", [(long)length - 1], 1);
        }
        else
        {
            timed.In("last", [length - 1], 1);
            timed.In("total", [length], 1);
        }

        foreach (string name in Enumerable.Range(0, layers).SelectMany(AttentionGraph.Caches))
        {
            timed.InPlace("past_" + name, "present_" + name, Numbers(shape.KeyHeads * capacity * width), 1, shape.KeyHeads, capacity, width);
        }

        return timed;
    }

    // So that other work on the machine meets both alike; the best of each counts.
    private (double First, double Second) InTurns(TimedGraph first, TimedGraph second)
    {
        (double bestFirst, double bestSecond) = (double.MaxValue, double.MaxValue);
        long began = time.GetTimestamp();
        for (int i = 0; (i < LeastRuns && time.GetElapsedTime(began) < Most) || time.GetElapsedTime(began) < Budget; i++)
        {
            (bestFirst, bestSecond) = (Math.Min(bestFirst, first.Run(time)), Math.Min(bestSecond, second.Run(time)));
        }

        return (bestFirst, bestSecond);
    }

    private static string BlocksProduct(OnnxGraphBuilder graph, int number, string x, int inputs, int outputs)
    {
        int blocks = inputs / BlockSize;
        string matrix = graph.Inline(FormattableString.Invariant($"matrix.{number}"), [outputs, blocks, BlockSize], OnnxDataType.UInt8, Bytes(outputs * inputs));
        string scales = graph.Inline(FormattableString.Invariant($"scales.{number}"), [outputs, blocks], OnnxDataType.Float32, MemoryMarshal.AsBytes<float>(Numbers(outputs * blocks)));
        return graph.MicrosoftNode(
            "MatMulNBits", [x, matrix, scales], new OnnxAttribute("K", inputs), new OnnxAttribute("N", outputs), new OnnxAttribute("bits", 8), new OnnxAttribute("block_size", BlockSize), new OnnxAttribute("accuracy_level", 4));
    }

    private static string RowsProduct(OnnxGraphBuilder graph, RowRounding rounding, int number, string x, int inputs, int outputs)
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

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i % 251);
        }

        return bytes;
    }
}
