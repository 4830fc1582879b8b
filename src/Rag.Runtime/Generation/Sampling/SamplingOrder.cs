namespace Rag.Runtime.Generation.Sampling;

/// <summary>In which order the rules are applied.</summary>
public enum SamplingOrder
{
    /// <summary>As transformers does: penalties, temperature, then the truncations, on the flattened or sharpened distribution.</summary>
    Transformers,

    /// <summary>
    /// As llama.cpp does: penalties, whose window holds the prompt too, then top-n-sigma, top-k, typical, top-p, min-p, XTC, and the
    /// temperature last, so that it does not change which tokens are left.
    /// </summary>
    LlamaCpp,
}
