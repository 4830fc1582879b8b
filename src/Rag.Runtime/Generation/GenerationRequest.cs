using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Replies;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Generation;

/// <summary>What is to be generated, in tokens.</summary>
/// <param name="Prompt">The prompt's tokens.</param>
/// <param name="MaxOutputTokens">The most tokens to generate; prompt and output fit the context.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Seed">Of the random numbers.</param>
/// <param name="StopStrings">Texts that end the output and are not part of it.</param>
/// <param name="Adapter">The name of the adapter to generate with; null for none.</param>
internal sealed record GenerationRequest(
    int[] Prompt, int MaxOutputTokens, SamplingOptions Sampling, long Seed, IReadOnlyList<string> StopStrings, string? Adapter = null)
{
    /// <summary>The end of the prompt's own text; see <see cref="EncodedPrompt"/>.</summary>
    public string PromptEnd { get; init; } = "";

    /// <summary>Whether what the model thinks is left out of what it gives.</summary>
    public bool HidesReasoning { get; init; }

    /// <summary>How many answers are asked for.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>How many of the most probable tokens are given with each chosen one and its log-probability; null for no log-probabilities.</summary>
    public int? TopLogProbabilities { get; init; }

    /// <summary>What the text must be; null for anything.</summary>
    public TextConstraint? Constraint { get; init; }

    /// <summary>The tools that the model may call.</summary>
    public ToolSet Tools { get; init; } = ToolSet.None;

    /// <summary>Requests of a higher one begin first.</summary>
    public int Priority { get; init; }

    /// <summary>The time that it has; null for what the model's options say.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether it may wait however many others do.</summary>
    public bool IsAccepted { get; init; }
}
