using System.Globalization;
using System.Text;
using Rag.Models.Packing;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>What suits a decoder of some sizes on this machine.</summary>
/// <param name="Weights">What is faster for a typical request: Int8 or Int8Rows.</param>
/// <param name="OneTokenFrom">From how many tokens on a single one attends in plain products; <see cref="int.MaxValue"/> for never.</param>
/// <param name="PromptRatio">How many times as fast rows of eight bits are for a prompt as blocks; 0 where it was not timed.</param>
/// <param name="TokenRatio">The same for one token.</param>
/// <param name="RequestRatio">The same for a typical request.</param>
/// <param name="Threads">Threads of one step; 0 for all processors.</param>
/// <param name="PrefillChunk">Tokens of a piece of a prompt.</param>
internal sealed record KernelChoice(
    WeightPrecision Weights, int OneTokenFrom, double PromptRatio = 0, double TokenRatio = 0, double RequestRatio = 0, int Threads = 0, int PrefillChunk = KernelProbe.DefaultChunk)
{
    /// <summary>What is taken where nothing was timed.</summary>
    public static KernelChoice Untimed { get; } = new(WeightPrecision.Int8, int.MaxValue);

    /// <summary>A sentence that says what was found; null where nothing was timed.</summary>
    public string? Notice
    {
        get
        {
            if (PromptRatio <= 0)
            {
                return null;
            }

            StringBuilder text = new();
            text.Append(
                CultureInfo.InvariantCulture,
                $"Timed on this machine: weights rounded by rows are multiplied {PromptRatio:f1} times as fast as in blocks for prompts, {TokenRatio:f1} times for one token, {RequestRatio:f1} times for a prompt of {TypicalRequest.PromptTokens} tokens with an answer of {TypicalRequest.AnswerTokens}; ");
            text.Append(OneTokenFrom == int.MaxValue ? "one token attends as prompts do; " : string.Create(CultureInfo.InvariantCulture, $"one token attends in plain products from {OneTokenFrom} tokens on; "));
            text.Append(CultureInfo.InvariantCulture, $"{(Threads == 1 ? "one thread" : Threads == 0 ? "all processors" : $"{Threads} threads")} a step, prompts in pieces of {PrefillChunk} tokens.");
            return text.ToString();
        }
    }
}
