using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes attention up to its last linear layer, which the residual stream takes.</summary>
internal interface IAttentionWriter
{
    /// <param name="attention">What to write.</param>
    /// <param name="layer">The layer's number, which names its cache.</param>
    /// <param name="x">[batch, sequence, hidden].</param>
    /// <returns>[batch, sequence, heads * head size].</returns>
    string Write(AttentionDescription attention, int layer, string x);
}
