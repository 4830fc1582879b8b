using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>A span reader on ONNX Runtime. Disposing it while calls run lets them finish.</summary>
internal sealed class OnnxSpanSession : ISpanSession
{
    private static readonly string[] InputNames = [GraphNames.InputIds, GraphNames.TokenTypeIds, GraphNames.AttentionMask];
    private static readonly string[] OutputNames = [GraphNames.StartLogits, GraphNames.EndLogits];
    private readonly SharedSession _shared;
    private readonly string _folder;

    private OnnxSpanSession(ModelGraph graph, SharedSession shared, string folder)
    {
        VocabularySize = graph.Network.VocabularySize;
        MaxPositions = graph.Network.MaxPositions;
        _shared = shared;
        _folder = folder;
    }

    public int VocabularySize { get; }

    public int MaxPositions { get; }

    public string? DeviceNotice => _shared.DeviceNotice;

    public static OnnxSpanSession Load(ModelFolder folder, string? wordEmbeddingsFolder, RuntimeOptions options)
    {
        ModelGraph graph = ModelGraph.WriteSpanReader(folder, wordEmbeddingsFolder);
        return new OnnxSpanSession(graph, SharedSession.Load(graph, options, folder.FolderPath), folder.FolderPath);
    }

    public unsafe void Run(
        ReadOnlySpan<long> ids, ReadOnlySpan<long> types, ReadOnlySpan<long> mask, int batch, int sequence, Span<float> start, Span<float> end, CancellationToken cancellationToken)
    {
        int cells = checked(batch * sequence);
        if (ids.Length != cells || types.Length != cells || mask.Length != cells || start.Length != cells || end.Length != cells)
        {
            throw new ArgumentException($"A batch of {batch} rows of {sequence} tokens needs {cells} values in every span.", nameof(ids));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, MaxPositions);
        cancellationToken.ThrowIfCancellationRequested();
        using SharedSession.Lease lease = _shared.Acquire();
        using RunOptions options = new();
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        fixed (long* idsPointer = ids)
        fixed (long* typesPointer = types)
        fixed (long* maskPointer = mask)
        fixed (float* startPointer = start)
        fixed (float* endPointer = end)
        {
            long[] shape = [batch, sequence];
            using OrtValue idsValue = Integers(shape, (nint)idsPointer, cells);
            using OrtValue typesValue = Integers(shape, (nint)typesPointer, cells);
            using OrtValue maskValue = Integers(shape, (nint)maskPointer, cells);
            using OrtValue startValue = Singles(shape, (nint)startPointer, cells);
            using OrtValue endValue = Singles(shape, (nint)endPointer, cells);
            try
            {
                _shared.Session.Run(options, InputNames, [idsValue, typesValue, maskValue], OutputNames, [startValue, endValue]);
            }
            catch (OnnxRuntimeException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new IncompatibleException($"ONNX Runtime cannot run the model {_folder}: {e.Message}", _folder, e);
            }
        }
    }

    public void Dispose() => _shared.Dispose();

    private static OrtValue Integers(long[] shape, nint data, int cells) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Int64, shape, data, (long)cells * sizeof(long));

    private static OrtValue Singles(long[] shape, nint data, int cells) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, data, (long)cells * sizeof(float));
}
