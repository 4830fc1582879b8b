using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Speculation;

/// <summary>
/// How <see cref="LocalChatClient"/> guesses tokens ahead and checks several in one step. Answers do not depend on the guesses: every
/// token is chosen from the model's own logits, by the same random numbers. How many are guessed is decided by what guesses and steps
/// were worth so far, none at all where plain steps are faster.
/// </summary>
/// <remarks>
/// A step of several tokens rounds otherwise than one of one, by a millionth of the logits. In single precision that is all. Where
/// activations are rounded to eight bits (<see cref="RuntimeOptions.RoundActivations"/> with packed weights) it may turn one of these roundings, and logits
/// then move by about half of what such weights cost anyway, just as they do where a prompt is cut into other pieces: a token nearly as
/// likely as another may come instead. How many are guessed is then decided by fixed costs and not by the clock, so that a client that is asked the same
/// questions in the same order, one at a time, gives the same answers; whoever must have each answer to the letter whatever came before takes <see cref="SpeculationMode.None"/> or single precision.
/// </remarks>
public sealed class SpeculationOptions
{
    /// <summary>The most tokens that a draft may have.</summary>
    internal const int MostDraftTokens = 64;

    /// <summary>What guesses; <see cref="SpeculationMode.Auto"/> by default.</summary>
    public SpeculationMode Mode { get; set; } = SpeculationMode.Auto;

    /// <summary>The most tokens guessed for one step, 1 to 64; 16 by default (llama.cpp's --draft-max; transformers' prompt_lookup_num_tokens is 10).</summary>
    public int MaxDraftTokens { get; set; } = 16;

    /// <summary>The fewest last tokens that must have stood before for prompt lookup to guess; 1 by default, as in llama.cpp's lookup.</summary>
    public int MinNgram { get; set; } = 1;

    /// <summary>The most last tokens that prompt lookup looks for, longest first; 4 by default, as in llama.cpp's lookup (transformers' max_matching_ngram_size is 2). A copy that goes on is followed however long it is.</summary>
    public int MaxNgram { get; set; } = 4;

    /// <summary>
    /// Memory for what earlier answers of the client said after which tokens; 0 (default) for none. Answers never change by it, but
    /// how fast they come does: where a client answers for several people, one of them could tell from the time of an answer whether
    /// another was told much the same. What is kept is bounded, the least recently used is dropped, and nothing is written anywhere.
    /// </summary>
    public long NgramCacheBytes { get; set; }

    /// <summary>
    /// A smaller model with the same vocabulary that drafts for this one (folder or GGUF file); null (default) for none. It runs with
    /// the same <see cref="RuntimeOptions"/>.
    /// </summary>
    public string? DraftModel { get; set; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Mode))
        {
            throw new ArgumentException($"Mode is {Mode}; it must be a value of {nameof(SpeculationMode)}.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDraftTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDraftTokens, MostDraftTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinNgram, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNgram, MinNgram);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxNgram, 8);
        ArgumentOutOfRangeException.ThrowIfNegative(NgramCacheBytes);
        if (DraftModel is { Length: 0 })
        {
            throw new ArgumentException("DraftModel is empty; leave it null where no model drafts.");
        }

        if (DraftModel is not null && Mode != SpeculationMode.Auto)
        {
            throw new ArgumentException($"DraftModel is set, but Mode is {Mode}, with which no model drafts; set {nameof(SpeculationMode.Auto)}.");
        }
    }
}
