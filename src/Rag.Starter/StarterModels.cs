namespace Rag.Starter;

/// <summary>
/// The small models that come along with the library, as folders below "starter" beside this assembly. What each was made of,
/// its licence and its scores stand in the MODEL-CARD.md in its folder. Thread-safe.
/// </summary>
public static class StarterModels
{
    /// <summary>The stable name of the starter sentence encoder, whichever folder it lies in.</summary>
    public const string EmbedderName = "rag/starter-embedder";

    /// <summary>
    /// The folder of the starter sentence encoder, an English static token table of 256 dimensions with its tokenizer; null
    /// where the files were not copied along.
    /// </summary>
    public static string? EmbedderFolder => Find(AppContext.BaseDirectory, "embedder", "embeddings.safetensors", "tokenizer.json");

    /// <summary>The stable name of the starter reader, whichever folder it lies in.</summary>
    public const string ReaderName = "rag/starter-reader";

    /// <summary>
    /// The folder of the starter reader, a six-layer BERT that points at the answer's words in English prose; null where the
    /// files were not copied along. It has no tokenizer of its own: that of <see cref="EmbedderFolder"/> serves both.
    /// </summary>
    public static string? ReaderFolder => Find(AppContext.BaseDirectory, "reader", "model.safetensors", "config.json");

    internal static string? Find(string baseFolder, string model, params ReadOnlySpan<string> files)
    {
        string folder = Path.Combine(baseFolder, "starter", model);
        foreach (string file in files)
        {
            if (!File.Exists(Path.Combine(folder, file)))
            {
                return null;
            }
        }

        return folder;
    }
}
