namespace Rag.Models.Hub;

/// <summary>How far a download is.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="File">The file that is being fetched.</param>
/// <param name="FileBytes">Bytes of it that are here.</param>
/// <param name="FileTotalBytes">Its size, or -1 where the hub does not say.</param>
/// <param name="Bytes">Bytes of the whole model that are here.</param>
/// <param name="TotalBytes">Its size, as far as the hub says.</param>
public readonly record struct ModelDownloadProgress(
    string Model, string File, long FileBytes, long FileTotalBytes, long Bytes, long TotalBytes);
