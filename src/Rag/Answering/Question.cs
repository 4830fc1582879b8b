using Microsoft.Extensions.AI;
using Rag.Index;

namespace Rag.Answering;

/// <summary>What a person asks.</summary>
/// <param name="Text">The question.</param>
public sealed record Question(string Text)
{
    /// <summary>Earlier turns of the conversation, oldest first.</summary>
    public IReadOnlyList<ChatMessage> History { get; init; } = [];

    /// <summary>How many chunks to retrieve; null for the pipeline's default.</summary>
    public int? Top { get; init; }

    /// <summary>
    /// Who asks, and of what: nothing beyond it is retrieved, quoted or cited.
    /// </summary>
    /// <value>The default value is <see cref="SearchScope.Public"/>.</value>
    public SearchScope Scope { get; init; } = SearchScope.Public;
}
