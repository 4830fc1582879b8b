using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes a layer's mixer up to its last linear layer, which the residual stream takes.</summary>
internal interface IMixerWriter
{
    /// <param name="mixer">What to write.</param>
    /// <param name="layer">The layer's number, which names its cache.</param>
    /// <param name="x">[batch, sequence, hidden].</param>
    /// <returns>[batch, sequence, inputs of the last linear layer].</returns>
    string Write(MixerDescription mixer, int layer, string x);
}
