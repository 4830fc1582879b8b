using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>CodeGen: GPT-J with queries, values and keys fused in four slices (transformers modeling_codegen.py).</summary>
internal sealed class CodeGenArchitecture : IArchitecture
{
    // The devices that it was trained on.
    private const int Slices = 4;

    public IReadOnlyList<string> ModelTypes { get; } = ["codegen"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = GptJArchitecture.Parts(config, weights);
        int hidden = parts.Sizes.Hidden;
        return GptJArchitecture.Network(parts, config, (name, output) =>
        {
            LinearDescription all = LinearDescription.Named(name + "qkv_proj", hidden, 3 * hidden, bias: false);
            return parts.AttentionOf(all.Outputs(Slices, 3, 0, 1), all.Outputs(Slices, 3, 2, 1), all.Outputs(Slices, 3, 1, 1), output);
        });
    }
}
