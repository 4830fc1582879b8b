using Microsoft.Extensions.AI;
using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>The answer to a question, with all that it rests on.</summary>
public sealed record Answer
{
    /// <summary>The text, with references such as "[1]" to <see cref="Citations"/>.</summary>
    public required string Text { get; init; }

    /// <summary>What wrote the text: a model's name, or "extractive".</summary>
    public required string Generator { get; init; }

    /// <summary>Whether the documents do not answer the question; then there are no citations.</summary>
    public required bool Refused { get; init; }

    /// <summary>How sure the generator is that the documents answer, on its own scale; what it compares with its threshold. Null where it cannot tell.</summary>
    public double? Confidence { get; init; }

    /// <summary>The sources referred to, in order of their numbers, each checked verbatim.</summary>
    public required IReadOnlyList<Citation> Citations { get; init; }

    /// <summary>What retrieval found, best first.</summary>
    public required IReadOnlyList<RetrievedChunk> Retrieved { get; init; }

    /// <summary>The exact prompt that the model saw; empty where no model was asked.</summary>
    public IReadOnlyList<ChatMessage> Prompt { get; init; } = [];

    /// <summary>Tokens read and written; null where no model was asked.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>A sentence for the person where there is something to know about how the answer was made; otherwise null.</summary>
    public string? Note { get; init; }

    /// <summary>Duration of each step, in the order taken, by the step's name.</summary>
    public IReadOnlyList<KeyValuePair<string, TimeSpan>> Timings { get; init; } = [];
}
