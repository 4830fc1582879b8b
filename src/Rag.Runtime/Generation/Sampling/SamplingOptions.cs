namespace Rag.Runtime.Generation.Sampling;

/// <summary>
/// How the next token is chosen from the logits. The rules are those of the transformers library
/// (generation/logits_process.py), applied in its order unless <see cref="Order"/> says otherwise; presence and frequency
/// penalties are OpenAI's, and top-n-sigma, XTC and DRY llama.cpp's. A rule that is left at its default does nothing.
/// Lists hold token ids and are not changed once given.
/// </summary>
public sealed class SamplingOptions
{
    /// <summary>Divides the logits; 0 (default) means greedy: always the highest logit, the lower id at a tie. The truncations apply only above 0.</summary>
    public float Temperature { get; set; }

    /// <summary>The order of the rules; that of transformers by default.</summary>
    public SamplingOrder Order { get; set; }

    /// <summary>Keeps the most probable of 100 tokens while their part of the entropy is within this share; 1 (default) keeps all.</summary>
    public float TopH { get; set; } = 1;

    /// <summary>Keeps the tokens whose score is at least the k-th highest, so ties stay; 0 (default) keeps all.</summary>
    public int TopK { get; set; }

    /// <summary>Keeps the fewest most probable tokens whose probabilities reach this sum; 1 (default) keeps all.</summary>
    public float TopP { get; set; } = 1;

    /// <summary>Drops tokens less probable than this share of the most probable one; 0 (default) drops none.</summary>
    public float MinP { get; set; }

    /// <summary>Keeps the tokens whose surprise is nearest to the entropy until they reach this sum; 1 (default) keeps all.</summary>
    public float TypicalP { get; set; } = 1;

    /// <summary>Drops tokens less probable than this; 0 (default) drops none.</summary>
    public float EpsilonCutoff { get; set; }

    /// <summary>As <see cref="EpsilonCutoff"/>, lower where the entropy is high; 0 (default) drops none.</summary>
    public float EtaCutoff { get; set; }

    /// <summary>Keeps the scores at most this many standard deviations below the highest; 0 (default) keeps all.</summary>
    public float TopNSigma { get; set; }

    /// <summary>How often the most probable tokens are dropped (XTC); 0 (default) never.</summary>
    public float XtcProbability { get; set; }

    /// <summary>The probability from which XTC drops all but the least probable token; 0.1 by default.</summary>
    public float XtcThreshold { get; set; } = 0.1f;

    /// <summary>Divides positive and multiplies negative logits of every token of prompt and output; 1 (default) changes none.</summary>
    public float RepetitionPenalty { get; set; } = 1;

    /// <summary>Subtracted once from the logit of every token of the output; 0 by default. OpenAI's rule.</summary>
    public float PresencePenalty { get; set; }

    /// <summary>Subtracted from the logit of a token as often as it is in the output; 0 by default. OpenAI's rule.</summary>
    public float FrequencyPenalty { get; set; }

    /// <summary>How many of the last tokens the penalties and DRY look at; null (default) for all. llama.cpp's repeat_last_n.</summary>
    public int? PenaltyWindow { get; set; }

    /// <summary>The strength of the penalty on going on with a repeated sequence (DRY); 0 (default) for none.</summary>
    public float DryMultiplier { get; set; }

    /// <summary>By what the penalty of DRY grows with each token of the repeat; 1.75 by default.</summary>
    public float DryBase { get; set; } = 1.75f;

    /// <summary>The length of a repeat from which DRY counts; 2 by default.</summary>
    public int DryAllowedLength { get; set; } = 2;

    /// <summary>Tokens that end a repeat for DRY; none by default.</summary>
    public IReadOnlyList<int> DryBreakers { get; set; } = [];

    /// <summary>No n-gram of this size occurs twice, those of the prompt counted; 0 (default) for no such rule.</summary>
    public int NoRepeatNgramSize { get; set; }

    /// <summary>Sequences that the output never completes; none by default.</summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWords { get; set; } = [];

    /// <summary>Numbers added where a sequence would be completed; none by default.</summary>
    public IReadOnlyList<SequenceBias> SequenceBias { get; set; } = [];

    /// <summary>Numbers added to the logits of tokens, by id; none by default.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; set; } = new Dictionary<int, float>();

    /// <summary>The tokens that prompt and output have together before the output may end; 0 by default.</summary>
    public int MinLength { get; set; }

    /// <summary>The tokens that the output has before it may end; 0 by default. min_new_tokens of transformers.</summary>
    public int MinOutputTokens { get; set; }

    /// <summary>The only tokens that may be chosen; empty (default) allows all.</summary>
    public IReadOnlyList<int> AllowedTokens { get; set; } = [];

    /// <summary>The token that follows a prompt of one token; null (default) for the model's choice. forced_bos_token_id of transformers.</summary>
    public int? ForcedStartToken { get; set; }

    /// <summary>One of these is the last token where the budget is spent; empty (default) for the model's choice. forced_eos_token_id of transformers.</summary>
    public IReadOnlyList<int> ForcedEndTokens { get; set; } = [];

    /// <summary>The tokens of output after which stop tokens become more probable with each; see <see cref="LengthDecayFactor"/>.</summary>
    public int LengthDecayStart { get; set; }

    /// <summary>By how much stop tokens gain with each token past <see cref="LengthDecayStart"/>; 1 (default) for nothing. exponential_decay_length_penalty of transformers.</summary>
    public float LengthDecayFactor { get; set; } = 1;

    /// <summary>Tokens that are never chosen; none by default.</summary>
    public IReadOnlyList<int> SuppressTokens { get; set; } = [];

    /// <summary>Tokens that the output does not begin with; none by default.</summary>
    public IReadOnlyList<int> BeginSuppressTokens { get; set; } = [];

    /// <summary>Replays the same choices for the same logits; null (default) takes a fresh seed for every request.</summary>
    public long? Seed { get; set; }

    /// <summary>A copy that may be changed; the lists are shared.</summary>
    public SamplingOptions Clone() => (SamplingOptions)MemberwiseClone();

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        NotNegative(Temperature, nameof(Temperature));
        Check(Enum.IsDefined(Order), nameof(Order), (int)Order, "one of the orders");
        Share(TopH, nameof(TopH));
        NotNegative(TopK, nameof(TopK));
        Share(TopP, nameof(TopP));
        Share(MinP, nameof(MinP));
        Share(TypicalP, nameof(TypicalP));
        Share(EpsilonCutoff, nameof(EpsilonCutoff));
        Share(EtaCutoff, nameof(EtaCutoff));
        NotNegative(TopNSigma, nameof(TopNSigma));
        Share(XtcProbability, nameof(XtcProbability));
        Check(XtcThreshold is > 0 and <= 1, nameof(XtcThreshold), XtcThreshold, "above 0 and up to 1");
        Check(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty), RepetitionPenalty, "above 0");
        Check(float.IsFinite(PresencePenalty), nameof(PresencePenalty), PresencePenalty, "finite");
        Check(float.IsFinite(FrequencyPenalty), nameof(FrequencyPenalty), FrequencyPenalty, "finite");
        NotNegative(PenaltyWindow ?? 0, nameof(PenaltyWindow));
        NotNegative(DryMultiplier, nameof(DryMultiplier));
        Check(DryBase >= 1 && float.IsFinite(DryBase), nameof(DryBase), DryBase, "1 or more");
        Check(DryAllowedLength >= 1, nameof(DryAllowedLength), DryAllowedLength, "1 or more");
        NotNegative(NoRepeatNgramSize, nameof(NoRepeatNgramSize));
        Check(BadWords.All(word => word.Count > 0), nameof(BadWords), 0, "sequences of at least one token");
        Check(SequenceBias.All(bias => bias.Tokens.Count > 0 && float.IsFinite(bias.Bias)), nameof(SequenceBias), 0, "sequences of at least one token with finite numbers");
        Check(LogitBias.Values.All(float.IsFinite), nameof(LogitBias), 0, "finite");
        NotNegative(MinLength, nameof(MinLength));
        NotNegative(MinOutputTokens, nameof(MinOutputTokens));
        NotNegative(LengthDecayStart, nameof(LengthDecayStart));
        Check(LengthDecayFactor > 0 && float.IsFinite(LengthDecayFactor), nameof(LengthDecayFactor), LengthDecayFactor, "above 0");
    }

    private static void Share(float value, string name) => Check(value is >= 0 and <= 1, name, value, "from 0 to 1");

    private static void NotNegative(float value, string name) => Check(value >= 0 && float.IsFinite(value), name, value, "0 or more");

    private static void Check(bool holds, string name, float value, string range)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
