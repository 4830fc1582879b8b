using Rag.Models.Hub;

namespace Rag.Cli.Output;

/// <summary>A model in the cache, as JSON.</summary>
internal sealed record ModelJson(string Name, string Commit, string Folder, long Bytes)
{
    public static ModelJson From(CachedModel model) => new(model.Repository, model.Commit, model.FolderPath, model.Bytes);
}
