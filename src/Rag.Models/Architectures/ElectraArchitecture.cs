using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>ELECTRA: BERT with tables of another width, brought to the hidden size (transformers modeling_electra.py).</summary>
internal sealed class ElectraArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["electra"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        const string family = "electra.";
        NetworkDescription network = BertArchitecture.Describe(config, weights, family);
        int width = (int)network.Embedding.Tokens.Shape[1];
        return width == network.HiddenSize ? network : network with
        {
            Embedding = network.Embedding with
            {
                Projection = LinearDescription.Named(BertArchitecture.Prefix(weights, family) + "embeddings_project", width, network.HiddenSize, bias: true),
            },
        };
    }
}
