namespace Rag.Models.Quantization;

/// <summary>What <see cref="ModelQuantizer"/> does beside rounding.</summary>
public sealed class ModelQuantizerOptions
{
    /// <summary>
    /// The folder of the model that a reader shares its word embeddings with: they are put into the quantised folder, which
    /// then stands by itself. Null (default) leaves them out where the model's own folder has none.
    /// </summary>
    public string? WordEmbeddingsFolder { get; set; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (WordEmbeddingsFolder is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(WordEmbeddingsFolder);
        }
    }
}
