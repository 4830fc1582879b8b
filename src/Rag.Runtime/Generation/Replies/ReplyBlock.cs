namespace Rag.Runtime.Generation.Replies;

/// <summary>A part of a model's reply that is no answer, and how it is told from one.</summary>
/// <param name="Start">What it begins with.</param>
/// <param name="End">What it ends with, beside the reply itself; null where nothing else ends it.</param>
internal sealed record ReplyBlock(string Start, string? End)
{
    /// <summary>Makes calls of what stands between start and end; null where the block is reasoning.</summary>
    public CallReader? Calls { get; init; }

    /// <summary>Whether the start is itself the first character of what the calls are made of.</summary>
    public bool KeepsStart { get; init; }

    /// <summary>Where it may begin.</summary>
    public BlockPlace Place { get; init; } = BlockPlace.Anywhere;
}
