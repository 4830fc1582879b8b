namespace Rag.Models.Hub;

/// <summary>One file as the hub lists it.</summary>
/// <param name="Path">Relative, with '/' between folders; checked by <see cref="HubPath"/>.</param>
/// <param name="Size">Bytes, where the hub says.</param>
/// <param name="Sha256">SHA-256 of the content, of files in large file storage.</param>
/// <param name="GitSha1">SHA-1 of "blob {size}\0" and the content, git's name of other files.</param>
internal sealed record HubFile(string Path, long? Size, string? Sha256, string? GitSha1);
