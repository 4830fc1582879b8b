namespace Rag.Models.Networks;

/// <summary>The buffers of a cache.</summary>
internal enum CacheForm
{
    /// <summary>Keys, and values of the same width.</summary>
    KeysAndValues,

    /// <summary>One buffer that serves as keys and as values.</summary>
    Shared,

    /// <summary>One buffer of a block's inputs.</summary>
    Inputs,
}
