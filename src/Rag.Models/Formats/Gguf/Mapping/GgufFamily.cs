using System.Text.Json.Nodes;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>One family: what its metadata and names are called in a Hugging Face checkpoint.</summary>
/// <param name="Architecture">The value of "general.architecture".</param>
/// <param name="ModelType">The value of "model_type".</param>
/// <param name="Rules">Where each tensor belongs.</param>
/// <param name="Configure">Writes into config.json what the common keys do not say.</param>
internal sealed record GgufFamily(string Architecture, string ModelType, IReadOnlyList<TensorRule> Rules, Action<GgufSettings, JsonObject> Configure)
{
    /// <summary>Whether the family is the one of a file, beside its architecture.</summary>
    public Func<GgufSettings, bool> Applies { get; init; } = static _ => true;
}
