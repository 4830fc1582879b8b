using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Hub;

namespace Rag.Runtime.Embedding;

/// <summary>What goes before a question and before a passage; empty for nothing.</summary>
internal readonly record struct Prefixes(string Query, string Document)
{
    /// <summary>
    /// Each prefix from the first that states it: the options, the model's files as sentence-transformers reads them
    /// (<c>encode_query</c>: the prompt "query"; <c>encode_document</c>: "document", "passage" or "corpus"; without such a one the default
    /// prompt), <see cref="KnownPrefixes"/>. An empty prompt states nothing: sentence-transformers writes empty ones into every
    /// model that it saves without prompts.
    /// </summary>
    public static Prefixes Of(ModelFolder folder, SentenceEmbedderOptions options)
    {
        SentenceTransformerConfiguration? files = folder.SentenceTransformer;
        (string Query, string Document)? known =
            (options.ModelName is null ? null : KnownPrefixes.Find(options.ModelName)) ?? KnownPrefixes.Find(ModelReference.OfFolder(folder.FolderPath));
        return new Prefixes(
            options.QueryPrefix ?? Stated(files, "query") ?? known?.Query ?? string.Empty,
            options.DocumentPrefix ?? Stated(files, "document", "passage", "corpus") ?? known?.Document ?? string.Empty);
    }

    private static string? Stated(SentenceTransformerConfiguration? files, params ReadOnlySpan<string> names)
    {
        if (files is null)
        {
            return null;
        }

        bool named = false;
        foreach (string name in names)
        {
            if (files.Prompts.TryGetValue(name, out string? prompt))
            {
                if (prompt.Length > 0)
                {
                    return prompt;
                }

                named = true;
            }
        }

        return !named && files.DefaultPromptName is { } byDefault && files.Prompts.TryGetValue(byDefault, out string? text) && text.Length > 0 ? text : null;
    }
}
