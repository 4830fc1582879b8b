namespace Rag.Runtime.Embedding;

/// <summary>
/// The texts that models were trained to see before a question and a passage, for models whose files do not say so: their
/// repositories are older than sentence-transformers' prompts, and state them in the model card alone.
/// </summary>
/// <remarks>
/// By the last part of the name, so that a copy or a folder of that name counts as the same model. Sources: the model list in
/// the README of FlagOpen/FlagEmbedding (bge: before questions only, "the documents do not need it"); the cards of
/// intfloat/e5-* ("Do I need to add the prefix? Yes, this is how the model is trained"); the README of
/// Snowflake-Labs/arctic-embed ("use the query prefix below, just on the query"); embeddings-benchmark/mteb,
/// <c>model_implementations/mixedbread_ai_models.py</c> (mxbai-embed-large-v1); the cards of nomic-ai/nomic-embed-text-v1 and v1.5 ("the text prompt
/// must include a task instruction prefix") and of nomic-ai/modernbert-embed-base.
/// </remarks>
internal static class KnownPrefixes
{
    private const string Represent = "Represent this sentence for searching relevant passages: ";
    private const string RepresentInChinese = "为这个句子生成表示以用于检索相关文章：";

    private static readonly Dictionary<string, (string Query, string Document)> Models = Table();

    /// <summary>The prefixes of a model; null where none are known, which is right for all-MiniLM, multi-qa-MiniLM and gte.</summary>
    /// <param name="name">"org/name", "org/name@revision", a folder's path or name.</param>
    public static (string Query, string Document)? Find(string name)
    {
        ReadOnlySpan<char> last = name.AsSpan().TrimEnd("/\\");
        last = last[(last.LastIndexOfAny('/', '\\') + 1)..];
        int revision = last.IndexOf('@');
        return Models.TryGetValue((revision < 0 ? last : last[..revision]).ToString(), out (string, string) found) ? found : null;
    }

    private static Dictionary<string, (string Query, string Document)> Table()
    {
        var models = new Dictionary<string, (string, string)>(StringComparer.OrdinalIgnoreCase);
        foreach (string size in (string[])["small", "base", "large"])
        {
            foreach (string version in (string[])["", "-v1.5"])
            {
                models.Add($"bge-{size}-en{version}", (Represent, string.Empty));
                models.Add($"bge-{size}-zh{version}", (RepresentInChinese, string.Empty));
            }

            foreach (string name in (string[])[$"e5-{size}", $"e5-{size}-v2", $"multilingual-e5-{size}"])
            {
                models.Add(name, ("query: ", "passage: "));
            }
        }

        foreach (string name in (string[])["snowflake-arctic-embed-xs", "snowflake-arctic-embed-s", "snowflake-arctic-embed-m", "snowflake-arctic-embed-m-v1.5", "snowflake-arctic-embed-m-long", "snowflake-arctic-embed-l", "mxbai-embed-large-v1"])
        {
            models.Add(name, (Represent, string.Empty));
        }

        foreach (string name in (string[])["nomic-embed-text-v1", "nomic-embed-text-v1.5", "modernbert-embed-base"])
        {
            models.Add(name, ("search_query: ", "search_document: "));
        }

        return models;
    }
}
