namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>The rules of one request in their order.</summary>
/// <param name="ByToken">Those that look at ids; they apply to greedy decoding and beams too.</param>
/// <param name="ByScore">The temperature and the truncations, which apply only where a token is drawn.</param>
internal sealed record SamplingRules(ISamplingRule[] ByToken, ISamplingRule[] ByScore)
{
    /// <summary>Below this a division could overflow; such a distribution is greedy to the last digit.</summary>
    public const float MinTemperature = 1e-5f;

    /// <summary>Makes the rules that the options turn on.</summary>
    /// <param name="options">Validated.</param>
    /// <param name="vocabularySize">The number of logits.</param>
    /// <param name="stopTokens">What ends the output.</param>
    /// <param name="maxLength">The most tokens of prompt and output together.</param>
    /// <param name="seed">Of the rules that are random themselves.</param>
    /// <exception cref="ArgumentException">The options name a token that the model does not have.</exception>
    public static SamplingRules Create(SamplingOptions options, int vocabularySize, IEnumerable<int>? stopTokens, int maxLength, long seed)
    {
        TokenIds.Check(options, vocabularySize);
        int[] stops = [.. (stopTokens ?? []).Where(id => (uint)id < (uint)vocabularySize)];
        return new SamplingRules([.. TokenRules(options, stops, maxLength)], options.Temperature < MinTemperature ? [] : [.. ScoreRules(options, seed)]);
    }

    // The order of _get_logits_processor in transformers' generation/utils.py, which llama.cpp's chain agrees with as far as it goes.
    private static IEnumerable<ISamplingRule> TokenRules(SamplingOptions options, int[] stops, int maxLength)
    {
        PenaltyWindow whole = new(options.PenaltyWindow, WithPrompt: true);
        PenaltyWindow output = new(options.PenaltyWindow, WithPrompt: options.Order == SamplingOrder.LlamaCpp);
        return new (bool On, Func<ISamplingRule> Create)[]
        {
            (options.LogitBias.Count > 0, () => new LogitBiasRule(options.LogitBias)),
            (options.SequenceBias.Count > 0, () => new SequenceBiasRule(options.SequenceBias)),
            (options.RepetitionPenalty != 1, () => new RepetitionPenaltyRule(options.RepetitionPenalty, whole)),
            (options.PresencePenalty != 0 || options.FrequencyPenalty != 0, () => new OccurrencePenaltyRule(options.PresencePenalty, options.FrequencyPenalty, output)),
            (options.DryMultiplier != 0, () => new DryRule(options.DryMultiplier, options.DryBase, options.DryAllowedLength, whole, [.. options.DryBreakers])),
            (options.NoRepeatNgramSize > 0, () => new NoRepeatNgramRule(options.NoRepeatNgramSize)),
            (options.BadWords.Count > 0, () => new BadWordsRule(options.BadWords, stops)),
            (options.MinLength > 0, () => new MinLengthRule(options.MinLength, withPrompt: true, stops)),
            (options.MinOutputTokens > 0, () => new MinLengthRule(options.MinOutputTokens, withPrompt: false, stops)),
            (options.AllowedTokens.Count > 0, () => new AllowedTokensRule(options.AllowedTokens)),
            (options.ForcedStartToken is not null, () => new ForcedStartRule(options.ForcedStartToken!.Value)),
            (options.ForcedEndTokens.Count > 0, () => new ForcedEndRule(maxLength, [.. options.ForcedEndTokens])),
            (options.LengthDecayFactor != 1, () => new LengthDecayRule(options.LengthDecayStart, options.LengthDecayFactor, stops)),
            (options.SuppressTokens.Count > 0, () => new SuppressTokensRule([.. options.SuppressTokens], atBegin: false)),
            (options.BeginSuppressTokens.Count > 0, () => new SuppressTokensRule([.. options.BeginSuppressTokens], atBegin: true)),
        }.Where(rule => rule.On).Select(rule => rule.Create());
    }

    private static IEnumerable<ISamplingRule> ScoreRules(SamplingOptions options, long seed)
    {
        (bool On, Func<ISamplingRule> Create) temperature = (options.Temperature != 1, () => new TemperatureRule(options.Temperature));
        (bool On, Func<ISamplingRule> Create) topNSigma = (options.TopNSigma > 0, () => new TopNSigmaRule(options.TopNSigma));
        (bool On, Func<ISamplingRule> Create) topH = (options.TopH < 1, () => new TopHRule(options.TopH));
        (bool On, Func<ISamplingRule> Create) topK = (options.TopK > 0, () => new TopKRule(options.TopK));
        (bool On, Func<ISamplingRule> Create) topP = (options.TopP < 1, () => new TopPRule(options.TopP));
        (bool On, Func<ISamplingRule> Create) minP = (options.MinP > 0, () => new MinPRule(options.MinP));
        (bool On, Func<ISamplingRule> Create) typical = (options.TypicalP < 1, () => new TypicalRule(options.TypicalP));
        (bool On, Func<ISamplingRule> Create) epsilon = (options.EpsilonCutoff > 0, () => new EpsilonRule(options.EpsilonCutoff));
        (bool On, Func<ISamplingRule> Create) eta = (options.EtaCutoff > 0, () => new EtaRule(options.EtaCutoff));
        (bool On, Func<ISamplingRule> Create) xtc = (options.XtcProbability > 0, () => new XtcRule(options.XtcProbability, options.XtcThreshold, seed));
        (bool On, Func<ISamplingRule> Create)[] order = options.Order == SamplingOrder.LlamaCpp
            ? [topNSigma, topK, typical, topP, minP, topH, epsilon, eta, xtc, temperature]
            : [temperature, topNSigma, topH, topK, topP, minP, typical, epsilon, eta, xtc];
        return order.Where(rule => rule.On).Select(rule => rule.Create());
    }
}
