using Rag.Models.Facts;
using Rag.Runtime.Precision;

namespace Rag.Cli.Output;

/// <summary>What <c>rag models show --json</c> prints.</summary>
internal sealed record ModelFactsJson(
    string Folder, string Family, string? Kind, string? Problem, long Parameters, int? Layers, int? HiddenSize, int? Vocabulary, int? Context, string? Tokenizer, bool ChatTemplate,
    string? Licence, IReadOnlyList<StorageFacts> Storage, string Weights, IReadOnlyList<PackingGroup> Runs, string? Cache, PrecisionLoss? Loss)
{
    public static ModelFactsJson From(ModelFacts facts, string weights, PackingFacts? packing, PrecisionLoss? loss) => new(
        facts.FolderPath, facts.ModelType, facts.Kind, facts.Problem, facts.Parameters, facts.Layers, facts.HiddenSize, facts.VocabularySize, facts.ContextLength, facts.Tokenizer,
        facts.HasChatTemplate, facts.License, facts.Storage, weights, packing?.Groups ?? [], packing?.CacheFolder, loss);
}
