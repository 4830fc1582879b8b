using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>RoBERTa, XLM-RoBERTa and CamemBERT: BERT whose positions begin after the padding token's id (transformers modeling_roberta.py).</summary>
internal sealed class RobertaArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["roberta", "xlm-roberta", "camembert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights) =>
        Counted(BertArchitecture.Describe(config, weights, "roberta."), config);

    /// <summary>The network with positions that count attended tokens from the row after that of the padding token's id.</summary>
    public static NetworkDescription Counted(NetworkDescription network, ModelConfiguration config)
    {
        int first = EncoderParts.PaddingId(config, absent: 1) + 1;
        return first < network.MaxPositions
            ? network with { MaxPositions = network.MaxPositions - first, Embedding = network.Embedding with { FirstPosition = first } }
            : throw config.Wrong("pad_token_id", $"below max_position_embeddings, {network.MaxPositions}");
    }
}
