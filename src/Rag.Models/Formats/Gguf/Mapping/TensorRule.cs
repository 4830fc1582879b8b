namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>Where a tensor of a GGUF file belongs in a Hugging Face checkpoint.</summary>
/// <param name="From">Its name without ".weight" or ".bias", with "blk.#" before those of a layer, and ".@" behind those of one expert.</param>
/// <param name="To">The other name, with # for the layer and @ for the expert.</param>
/// <param name="Change">How it differs.</param>
internal readonly record struct TensorRule(string From, string To, TensorChange Change = TensorChange.None)
{
    /// <summary>Whether the other name is the whole of it, without ".weight" or ".bias".</summary>
    public bool Bare { get; init; }
}
