using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Networks.Heads;

namespace Rag.Runtime.Sessions;

/// <summary>An encoder with a head on ONNX Runtime. Disposing it while calls run lets them finish.</summary>
internal sealed class OnnxHeadSession : IHeadSession
{
    private static readonly string[] TypedInputs = [GraphNames.InputIds, GraphNames.AttentionMask, GraphNames.TokenTypeIds];
    private static readonly string[] PlainInputs = [GraphNames.InputIds, GraphNames.AttentionMask];
    private static readonly string[] OutputNames = [GraphNames.HeadOutput];
    private readonly SharedSession _shared;
    private readonly NetworkDescription _network;
    private readonly HeadDescription _head;

    private OnnxHeadSession(ModelGraph graph, SharedSession shared)
    {
        (_network, _head) = (graph.Network, graph.Network.EncoderHead!);
        _shared = shared;
    }

    public int VocabularySize => _network.VocabularySize;

    public int MaxPositions => _network.MaxPositions;

    public int Width => _head.Width;

    public bool PerToken => _head.PerToken;

    public string? DeviceNotice => _shared.DeviceNotice;

    /// <inheritdoc cref="ModelGraph.WriteHead"/>
    public static OnnxHeadSession Load(ModelFolder folder, HeadKind kind, RuntimeOptions options, string? wordEmbeddingsFolder = null)
    {
        ModelGraph graph = ModelGraph.WriteHead(folder, kind, wordEmbeddingsFolder);
        return new OnnxHeadSession(graph, SharedSession.Load(graph, options, folder.FolderPath));
    }

    public unsafe void Run(
        ReadOnlySpan<long> ids, ReadOnlySpan<long> types, ReadOnlySpan<long> mask, int batch, int sequence, Span<float> output, CancellationToken cancellationToken)
    {
        int cells = checked(batch * sequence);
        long outputs = (PerToken ? cells : batch) * (long)Width;
        if (ids.Length != cells || types.Length != cells || mask.Length != cells || output.Length != outputs)
        {
            throw new ArgumentException($"A batch of {batch} rows of {sequence} tokens needs {cells} values in every input and {outputs} in the output.", nameof(ids));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, MaxPositions);
        fixed (long* idsPointer = ids)
        fixed (long* typesPointer = types)
        fixed (long* maskPointer = mask)
        fixed (float* outputPointer = output)
        {
            long[] shape = [batch, sequence];
            using OrtValue idsValue = Tensor(TensorElementType.Int64, shape, (nint)idsPointer, (long)cells * sizeof(long));
            using OrtValue typesValue = Tensor(TensorElementType.Int64, shape, (nint)typesPointer, (long)cells * sizeof(long));
            using OrtValue maskValue = Tensor(TensorElementType.Int64, shape, (nint)maskPointer, (long)cells * sizeof(long));
            using OrtValue outputValue = Tensor(
                TensorElementType.Float, PerToken ? [batch, sequence, Width] : [batch, Width], (nint)outputPointer, outputs * sizeof(float));
            _shared.Run(
                _network.TakesTokenTypes ? TypedInputs : PlainInputs,
                _network.TakesTokenTypes ? [idsValue, maskValue, typesValue] : [idsValue, maskValue],
                OutputNames,
                [outputValue],
                cancellationToken);
        }
    }

    public void Dispose() => _shared.Dispose();

    private static OrtValue Tensor(TensorElementType type, long[] shape, nint data, long bytes) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, data, bytes);
}
