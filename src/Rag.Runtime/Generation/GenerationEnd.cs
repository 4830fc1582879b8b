namespace Rag.Runtime.Generation;

/// <summary>Why a generation ended.</summary>
internal enum GenerationEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>A stop token or a stop string.</summary>
    Stop,

    /// <summary>The budget of tokens or the context was spent.</summary>
    Length,
}
