using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Packing;

namespace Rag.Runtime.Sessions;

/// <summary>An encoder on ONNX Runtime. Thread-safe; disposing it while calls run lets them finish.</summary>
public sealed class OnnxEncoder : IEncoderSession
{
    private static readonly string[] InputNames = [GraphNames.InputIds, GraphNames.AttentionMask];
    private static readonly string[] IdsAlone = [GraphNames.InputIds];
    private static readonly string[] OutputNames = [GraphNames.LastHiddenState];
    private readonly SharedSession _shared;
    private readonly RunOptions _options = new();
    private readonly string _folder;

    private OnnxEncoder(ModelFolder folder, NetworkDescription network, SharedSession shared)
    {
        _folder = folder.FolderPath;
        Network = network;
        _shared = shared;
        _shared.Own(_options);
    }

    /// <inheritdoc />
    public int HiddenSize => Network.HiddenSize;

    /// <inheritdoc />
    public int MaxPositions => Network.MaxPositions;

    /// <inheritdoc />
    public bool TakesPadding => Network.Padded;

    internal int VocabularySize => Network.VocabularySize;

    internal NetworkDescription Network { get; }

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _shared.DeviceNotice;

    /// <summary>Writes the graph of a model folder and loads it; a decoder gives its last hidden states, in which a token knows those before it.</summary>
    /// <param name="folder">The folder; its weights stay where they are.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="UnsupportedException">The family, or a setting of it, is not supported, or its tokens mix by other means than attention, or the weights are to run in another form than Single or Int8.</exception>
    /// <exception cref="IncompatibleException">A tensor is missing or has another shape than config.json asks for.</exception>
    public static OnnxEncoder Load(ModelFolder folder, RuntimeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new RuntimeOptions();
        options.Validate();
        return Load(folder, options, Rounding(folder, options.Weights));
    }

    /// <summary>Loads a folder with a rounding that may be another processor's.</summary>
    internal static OnnxEncoder Load(ModelFolder folder, RuntimeOptions options, RoundingDescription? rounding)
    {
        ModelGraph graph = ModelGraph.WriteEncoder(folder, rounding);
        return new OnnxEncoder(folder, graph.Network, SharedSession.Load(graph, options, folder.FolderPath));
    }

    private static RoundingDescription? Rounding(ModelFolder folder, WeightPrecision weights) => weights switch
    {
        WeightPrecision.Single or WeightPrecision.Auto => null,
        WeightPrecision.Int8 => IntegerKernels.Rounding,
        _ => throw new UnsupportedException($"The encoder {folder.FolderPath} cannot run in {weights}; it can in {WeightPrecision.Single} and in {WeightPrecision.Int8}.", folder.FolderPath),
    };

    /// <inheritdoc />
    public unsafe void Run(ReadOnlySpan<long> ids, ReadOnlySpan<long> attentionMask, int batch, int sequence, Span<float> output)
    {
        Check(ids, attentionMask, batch, sequence, output.Length);
        fixed (long* idsPointer = ids)
        fixed (long* maskPointer = attentionMask)
        fixed (float* outputPointer = output)
        {
            using OrtValue idsValue = Tensor(TensorElementType.Int64, [batch, sequence], (nint)idsPointer, (long)ids.Length * sizeof(long));
            using OrtValue maskValue = Tensor(TensorElementType.Int64, [batch, sequence], (nint)maskPointer, (long)ids.Length * sizeof(long));
            using OrtValue outputValue = Tensor(TensorElementType.Float, [batch, sequence, HiddenSize], (nint)outputPointer, (long)output.Length * sizeof(float));
            _shared.Run(_options, TakesPadding ? InputNames : IdsAlone, TakesPadding ? [idsValue, maskValue] : [idsValue], OutputNames, [outputValue]);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _shared.Dispose();

    private static OrtValue Tensor(TensorElementType type, long[] shape, nint data, long bytes) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, data, bytes);

    private void Check(ReadOnlySpan<long> ids, ReadOnlySpan<long> attentionMask, int batch, int sequence, int outputLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, MaxPositions);
        long tokens = (long)batch * sequence;
        if (ids.Length != tokens || attentionMask.Length != tokens)
        {
            throw new ArgumentException($"A batch of {batch} rows of {sequence} tokens needs {tokens} ids and mask values, but has {ids.Length} and {attentionMask.Length}.", nameof(ids));
        }

        if (outputLength != tokens * HiddenSize)
        {
            throw new ArgumentException($"A batch of {batch} rows of {sequence} tokens has {tokens * HiddenSize} outputs, but there is room for {outputLength}.", nameof(ids));
        }

        if (!TakesPadding && attentionMask.Contains(0))
        {
            throw new ArgumentException("This session multiplies integers and takes no padding; give it rows of one length.", nameof(attentionMask));
        }

        foreach (long id in ids)
        {
            if ((ulong)id >= (ulong)Network.VocabularySize)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The model {_folder} has {Network.VocabularySize} token ids; its tokenizer may belong to another model.");
            }
        }
    }
}
