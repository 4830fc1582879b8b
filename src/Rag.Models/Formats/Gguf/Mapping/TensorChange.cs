namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>How a tensor of a GGUF file differs from the one of a Hugging Face checkpoint.</summary>
internal enum TensorChange
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Rows of queries: of each head, pairs of the rotation are neighbours instead of half a head apart.</summary>
    PairedQueries,

    /// <summary>Rows of keys, likewise.</summary>
    PairedKeys,

    /// <summary>1 was added to each value.</summary>
    PlusOne,

    /// <summary>A matrix is [out, in] instead of [in, out].</summary>
    Transposed,

    /// <summary>The matrices of all experts are one tensor [experts, out, in] instead of one each.</summary>
    Experts,

    /// <summary>The only row of a matrix is a vector.</summary>
    OnlyRow,

    /// <summary>Rows of a fused projection: all queries, then all keys, then all values, instead of those of one key head after another.</summary>
    FusedHeads,

    /// <summary>The middle dimension, of length 1, is left out.</summary>
    MiddleLeftOut,

    /// <summary>A vector has more than one dimension.</summary>
    Folded,

    /// <summary>Numbers below 0 instead of the logarithms of their opposites, and a dimension of length 1 more.</summary>
    NegativePowers,

    /// <summary>What makes keys from latents, [heads, latent, key], apart from what makes values; both are one matrix.</summary>
    LatentKeys,

    /// <summary>What makes values from latents, [heads, value, latent]; goes with <see cref="LatentKeys"/>.</summary>
    LatentValues,
}
