using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models.Formats.Onnx;

namespace Rag.Runtime.Sessions.Memory;

/// <summary>A device's memory, with keys, values and tables in half precision. What moves is moved by graphs that run there.</summary>
internal sealed class DeviceMemory : IDecoderMemory
{
    private readonly OrtAllocator _allocator;
    private readonly OrtMemoryInfo _place;
    private readonly InferenceSession _move;
    private readonly InferenceSession _write;
    private readonly InferenceSession _read;
    private readonly InferenceSession _narrow;
    private readonly InferenceSession _same;
    private readonly RunOptions _options = new();

    /// <param name="allocator">Of the device's memory; disposed with this.</param>
    /// <param name="load">Loads a graph on the device.</param>
    public DeviceMemory(OrtAllocator allocator, Func<byte[], InferenceSession> load)
    {
        _allocator = allocator;
        _place = allocator.Info;
        _move = load(MemoryGraphs.Move(OnnxDataType.Float16, OnnxDataType.Float16));
        _write = load(MemoryGraphs.Move(OnnxDataType.Float16, OnnxDataType.Float32));
        _read = load(MemoryGraphs.Read(OnnxDataType.Float16));
        _narrow = load(MemoryGraphs.Convert(OnnxDataType.Float32, OnnxDataType.Float16));
        _same = load(MemoryGraphs.Convert(OnnxDataType.Float32, OnnxDataType.Float32));
    }

    public TensorElementType Floats => TensorElementType.Float16;

    public TensorElementType Kept => TensorElementType.Float16;

    public int WidthOf(int width) => width;

    public OrtValue Allocate(TensorElementType type, params long[] shape) => OrtValue.CreateAllocatedTensorValue(_allocator, type, shape);

    public OrtValue View(OrtValue whole, TensorElementType type, params long[] shape) => View(whole, type, 0, shape);

    public void Clear(CacheBlock block, int row, int start)
    {
        int tokens = block.Capacity - start;
        float[] zeros = new float[block.Heads * tokens * block.Width];
        using OrtValue source = OrtValue.CreateTensorValueFromMemory(zeros, [1, block.Heads, tokens, block.Width]);
        using OrtValue destination = Row(block, row);
        Move(_write, source, destination, 0, tokens, start);
    }

    public void Copy(CacheBlock from, int fromRow, CacheBlock to, int toRow, int start, int count)
    {
        using OrtValue source = Row(from, fromRow);
        using OrtValue destination = Row(to, toRow);
        Move(_move, source, destination, start, count, start);
    }

    public void Read(CacheBlock from, int start, int count, Span<float> rows)
    {
        float[] read = new float[from.Heads * count * from.Width];
        using OrtValue source = Row(from, 0);
        using OrtValue result = OrtValue.CreateTensorValueFromMemory(read, [1, from.Heads, count, from.Width]);
        using OrtValue first = Number(start);
        using OrtValue last = Number(start + count);
        Run(_read, result, (MemoryGraphs.From, source), (MemoryGraphs.First, first), (MemoryGraphs.Last, last));
        read.CopyTo(rows);
    }

    public void Write(CacheBlock to, int start, ReadOnlySpan<float> rows, int tokens, int first, int count)
    {
        float[] held = rows[..(to.Heads * tokens * to.Width)].ToArray();
        using OrtValue source = OrtValue.CreateTensorValueFromMemory(held, [1, to.Heads, tokens, to.Width]);
        using OrtValue destination = Row(to, 0);
        Move(_write, source, destination, first, count, start);
    }

    public void Read(OrtValue from, int start, Span<float> numbers)
    {
        if (numbers.IsEmpty)
        {
            return;
        }

        float[] read = new float[numbers.Length];
        using OrtValue source = View(from, TensorElementType.Float, start, [numbers.Length]);
        using OrtValue result = OrtValue.CreateTensorValueFromMemory(read, [numbers.Length]);
        Run(_same, result, (MemoryGraphs.From, source));
        read.CopyTo(numbers);
    }

    public void Write(OrtValue to, TensorElementType type, int start, ReadOnlySpan<float> numbers)
    {
        if (numbers.IsEmpty)
        {
            return;
        }

        using OrtValue source = OrtValue.CreateTensorValueFromMemory(numbers.ToArray(), [numbers.Length]);
        using OrtValue destination = View(to, type, start, [numbers.Length]);
        Run(type == TensorElementType.Float16 ? _narrow : _same, destination, (MemoryGraphs.From, source));
    }

    public void Dispose()
    {
        _move.Dispose();
        _write.Dispose();
        _read.Dispose();
        _narrow.Dispose();
        _same.Dispose();
        _options.Dispose();
        _place.Dispose();
        _allocator.Dispose();
    }

    private static OrtValue Number(int value) => OrtValue.CreateTensorValueFromMemory(new[] { (long)value }, [1]);

    private void Move(InferenceSession graph, OrtValue from, OrtValue to, int first, int count, int at)
    {
        if (count == 0)
        {
            return;
        }

        using OrtValue begin = Number(first);
        using OrtValue end = Number(first + count);
        using OrtValue place = Number(at);
        Run(graph, to, (MemoryGraphs.From, from), (MemoryGraphs.To, to), (MemoryGraphs.First, begin), (MemoryGraphs.Last, end), (MemoryGraphs.At, place));
    }

    private void Run(InferenceSession graph, OrtValue result, params ReadOnlySpan<(string Name, OrtValue Value)> inputs)
    {
        using OrtIoBinding binding = graph.CreateIoBinding();
        foreach ((string name, OrtValue value) in inputs)
        {
            binding.BindInput(name, value);
        }

        binding.BindOutput(MemoryGraphs.Result, result);
        binding.SynchronizeBoundInputs();
        graph.RunWithBinding(_options, binding);
        binding.SynchronizeBoundOutputs();
    }

    private OrtValue Row(CacheBlock block, int row) =>
        View(block.Value, TensorElementType.Float16, (long)row * block.RowSize, [1, block.Heads, block.Capacity, block.Width]);

    private OrtValue View(OrtValue whole, TensorElementType type, long start, long[] shape) => MemoryView.Of(_place, whole, type, start, shape);
}
