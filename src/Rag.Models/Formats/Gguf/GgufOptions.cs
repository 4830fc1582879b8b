using Rag.Models.Hub;

namespace Rag.Models.Formats.Gguf;

/// <summary>How a model is opened from GGUF.</summary>
public sealed class GgufOptions
{
    /// <summary>
    /// The folder under which weights are kept in the form that graphs refer to (in "rag-gguf"): F32, F16 and BF16 as they are,
    /// quantised ones as F32. By default the folder of downloaded models, see <see cref="ModelHubOptions.CacheDirectory"/>.
    /// </summary>
    public string CacheDirectory { get; set; } = new ModelHubOptions().CacheDirectory;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate() => ArgumentException.ThrowIfNullOrEmpty(CacheDirectory);
}
