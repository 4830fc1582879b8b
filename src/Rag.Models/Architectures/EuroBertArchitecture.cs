using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>EuroBERT: Llama whose tokens see each other both ways (transformers modeling_eurobert.py).</summary>
internal sealed class EuroBertArchitecture : IArchitecture
{
    private readonly LlamaArchitecture _llama = new();

    public IReadOnlyList<string> ModelTypes { get; } = ["eurobert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights) => _llama.Describe(config, weights) with { Kind = NetworkKind.Encoder, Head = null };
}
