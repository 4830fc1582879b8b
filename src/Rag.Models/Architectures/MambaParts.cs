using Rag.Models.Configuration;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>The block that Mamba 2 and the families with both kinds of mixers share.</summary>
internal static class MambaParts
{
    public static MambaDescription Mixer(
        DecoderParts parts, string name, int heads, int headSize, int groups, int stateSize, int kernelLength, bool bias, bool kernelBias, ModelConfiguration config)
    {
        if (heads % groups != 0)
        {
            throw new CorruptException($"{config.Path}: {heads} state-space heads do not divide into {groups} groups.", config.Path);
        }

        int inner = heads * headSize;
        int channels = inner + (2 * groups * stateSize);
        return new MambaDescription
        {
            Heads = heads,
            HeadSize = headSize,
            Groups = groups,
            StateSize = stateSize,
            KernelLength = kernelLength,
            Input = LinearDescription.Named(name + "in_proj", parts.Sizes.Hidden, inner + channels + heads, bias),
            Kernel = new Weight(name + "conv1d.weight", channels, 1, kernelLength),
            KernelBias = kernelBias ? new Weight(name + "conv1d.bias", channels) : null,
            TimeBias = new Weight(name + "dt_bias", heads),
            Decay = new Weight(name + "A_log", heads),
            Skip = new Weight(name + "D", heads),
            Output = LinearDescription.Named(name + "out_proj", inner, parts.Sizes.Hidden, bias),
        };
    }
}
