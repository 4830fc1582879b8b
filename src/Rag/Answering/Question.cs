using Microsoft.Extensions.AI;

namespace Rag.Answering;

/// <summary>What a person asks.</summary>
/// <param name="Text">The question.</param>
public sealed record Question(string Text)
{
    /// <summary>Earlier turns of the conversation, oldest first.</summary>
    public IReadOnlyList<ChatMessage> History { get; init; } = [];

    /// <summary>How many chunks to retrieve; null for the pipeline's default.</summary>
    public int? Top { get; init; }
}
