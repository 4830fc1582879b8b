using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes a decoder's mixers, each by the writer of its kind.</summary>
internal sealed class MixerWriter : IMixerWriter
{
    private readonly CachedAttentionWriter _attention;
    private readonly StepAttentionWriter? _step;
    private readonly LatentAttentionWriter _latent;
    private readonly ConvolutionWriter _convolution;
    private readonly MambaWriter _mamba;

    public MixerWriter(OnnxGraphBuilder graph, WeightWriter weights, DecoderInputs inputs)
    {
        _attention = new CachedAttentionWriter(graph, weights, inputs);
        _step = inputs.OneToken ? new StepAttentionWriter(graph, inputs, _attention) : null;
        _latent = new LatentAttentionWriter(graph, weights, inputs, _attention);
        _convolution = new ConvolutionWriter(graph, weights, inputs);
        _mamba = new MambaWriter(graph, weights);
    }

    public string Write(MixerDescription mixer, int layer, string x) => mixer switch
    {
        AttentionDescription attention when _step is not null => _step.Write(attention, layer, x),
        AttentionDescription attention => _attention.Write(attention, layer, x),
        LatentAttentionDescription latent => _latent.Write(latent, layer, x),
        ConvolutionDescription convolution => _convolution.Write(convolution, layer, x),
        MambaDescription mamba => _mamba.Write(mamba, layer, x),
        _ => throw new ArgumentOutOfRangeException(nameof(mixer)),
    };
}
