using System.Globalization;
using Rag.Models.Packing;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>What suits a decoder of some sizes on this machine.</summary>
/// <param name="Weights">What is faster for prompts, and not much slower for answers: Int8 or Int8Rows.</param>
/// <param name="OneTokenFrom">From how many tokens on a single one attends in plain products; <see cref="int.MaxValue"/> for never.</param>
/// <param name="PromptRatio">How many times as fast rows of eight bits are for a prompt as blocks of eight bits; 0 where it was not timed.</param>
/// <param name="TokenRatio">The same for one token.</param>
internal sealed record KernelChoice(WeightPrecision Weights, int OneTokenFrom, double PromptRatio = 0, double TokenRatio = 0)
{
    /// <summary>What is taken where nothing was timed.</summary>
    public static KernelChoice Untimed { get; } = new(WeightPrecision.Int8, int.MaxValue);

    /// <summary>A sentence that says what was found; null where nothing was timed.</summary>
    public string? Notice => PromptRatio <= 0 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"Timed on this machine: weights rounded by rows are multiplied {PromptRatio:f1} times as fast as in blocks for prompts, {TokenRatio:f1} times for one token; {(OneTokenFrom == int.MaxValue ? "one token attends as prompts do." : $"one token attends in plain products from {OneTokenFrom} tokens on.")}{(Weights == WeightPrecision.Int8Rows ? $" {nameof(WeightPrecision.Int8Rows)} takes rows." : "")}");
}
