namespace Rag.Models.Hub;

/// <summary>A model that is whole in the cache.</summary>
/// <param name="Repository">"org/name".</param>
/// <param name="Commit">Which commit of it.</param>
/// <param name="FolderPath">Its folder.</param>
/// <param name="Bytes">Its size.</param>
public sealed record CachedModel(string Repository, string Commit, string FolderPath, long Bytes);
