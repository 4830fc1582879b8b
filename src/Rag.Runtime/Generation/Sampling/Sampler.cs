using System.Buffers;
using System.Numerics.Tensors;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling.Rules;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>
/// Chooses the tokens of one request. Its buffers are rented once, so choosing allocates nothing. Not thread-safe.
/// </summary>
internal sealed class Sampler : IDisposable
{
    private readonly SamplingRules _rules;
    private readonly SamplingBuffers _buffers;
    private readonly TokenSequence _sequence;
    private readonly int _vocabularySize;
    private readonly bool _greedy;
    private SeededRandom _random;
    private float[]? _scores;
    private int[]? _ids;

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">Validated; not changed afterwards.</param>
    /// <param name="seed">Of the random numbers, used where the options sample at all.</param>
    /// <param name="vocabularySize">The number of logits.</param>
    /// <param name="prompt">The tokens before the output.</param>
    /// <param name="stopTokens">What ends the output, for the rules about lengths.</param>
    /// <param name="maxOutputTokens">The most tokens of output.</param>
    /// <exception cref="ArgumentException">The options name a token that the model does not have.</exception>
    public Sampler(
        SamplingOptions options, long seed, int vocabularySize, ReadOnlySpan<int> prompt, IEnumerable<int>? stopTokens = null, int maxOutputTokens = int.MaxValue)
    {
        _rules = SamplingRules.Create(options, vocabularySize, stopTokens, (int)Math.Min((long)prompt.Length + maxOutputTokens, int.MaxValue), seed);
        _buffers = new SamplingBuffers(vocabularySize);
        _sequence = new TokenSequence(prompt, maxOutputTokens);
        _vocabularySize = vocabularySize;
        _greedy = options.Temperature < SamplingRules.MinTemperature;
        _random = new SeededRandom(seed);
        if (!_greedy || _rules.ByToken.Length > 0)
        {
            _scores = ArrayPool<float>.Shared.Rent(vocabularySize);
        }

        if (!_greedy)
        {
            _ids = ArrayPool<int>.Shared.Rent(vocabularySize);
        }
    }

    /// <summary>Notes the log-probabilities of what is chosen; null for nobody.</summary>
    public LogProbabilityLog? Log { get; init; }

    /// <summary>Chooses the next token and counts it as output.</summary>
    /// <inheritdoc cref="Pick"/>
    public int Next(ReadOnlySpan<float> logits, TokenMask? mask = null)
    {
        int id = Pick(logits, mask);
        Note(logits, id);
        return id;
    }

    /// <summary>Counts a token as output that was chosen by its logits.</summary>
    public void Note(ReadOnlySpan<float> logits, int id)
    {
        Log?.Add(logits, id, _buffers.Weights);
        NoteOutput(id);
    }

    /// <summary>Chooses the next token; <see cref="Note"/> is to be called before the next.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="mask">The tokens that may be chosen, which is decided before any other rule; null for all.</param>
    /// <exception cref="CorruptException">The logits hold NaN, or no token is possible.</exception>
    /// <exception cref="IncompatibleException">The options leave no token.</exception>
    public int Pick(ReadOnlySpan<float> logits, TokenMask? mask = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _vocabularySize);
        int id;
        if (_scores is null)
        {
            id = mask is null ? TensorPrimitives.IndexOfMax(logits) : mask.Highest(logits);
            ThrowUnlessPossible(logits[id], logits);
        }
        else
        {
            Span<float> scores = _scores.AsSpan(0, _vocabularySize);
            logits.CopyTo(scores);
            mask?.Apply(scores);
            int candidates = Process(scores);
            int place = _greedy ? TensorPrimitives.IndexOfMax(scores) : TensorPrimitives.IndexOfMax(scores[..candidates]);
            ThrowUnlessPossible(candidates == 0 ? float.NegativeInfinity : scores[place], logits);
            id = _greedy ? place : _ids![Draw(scores[..candidates], _random.NextDouble())];
        }

        return id;
    }

    /// <summary>Counts a token as output that alone was possible, and takes the random number that choosing it would have taken.</summary>
    internal void NoteForced(int id)
    {
        if (!_greedy)
        {
            _random.NextDouble();
        }

        NoteOutput(id);
    }

    /// <summary>Counts a token as output that something else has chosen.</summary>
    internal void NoteOutput(int id) => _sequence.Add(id);

    /// <summary>
    /// Applies every rule of the options to the scores in place. Where a token is drawn, the scores that are left move to
    /// the front in order of their ids, so that what follows a truncation costs as little as it leaves.
    /// </summary>
    /// <returns>How many scores are left at the front; 0 where none is.</returns>
    internal int Process(Span<float> scores)
    {
        foreach (ISamplingRule rule in _rules.ByToken)
        {
            rule.Apply(new SamplingStep(scores, _sequence.Tokens, _sequence.PromptLength, _buffers));
        }

        if (_greedy || !float.IsFinite(Softmax.Max(scores)))
        {
            return _greedy ? scores.Length : 0;
        }

        int count = scores.Length;
        bool compact = false;
        foreach (ISamplingRule rule in _rules.ByScore)
        {
            rule.Apply(new SamplingStep(scores[..count], _sequence.Tokens, _sequence.PromptLength, _buffers));
            if (rule is ITruncatingRule)
            {
                count = Compact(scores[..count], compact);
                compact = true;
            }
        }

        return compact ? count : Compact(scores, again: false);
    }

    /// <summary>The token whose score moved to a place at the front.</summary>
    internal int CandidateId(int index) => _ids![index];

    /// <summary>The first index whose cumulative probability is above <paramref name="u"/>.</summary>
    internal int Draw(ReadOnlySpan<float> scores, double u)
    {
        Span<float> weights = _buffers.Weights;
        double target = u * Softmax.Exponentials(scores, weights);
        double cumulative = 0;
        int last = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (weights[i] > 0)
            {
                cumulative += weights[i];
                last = i;
                if (cumulative > target)
                {
                    break;
                }
            }
        }

        return last;
    }

    public void Dispose()
    {
        Return(ref _scores);
        Return(ref _ids);
        _buffers.Dispose();
        _sequence.Dispose();
    }

    private int Compact(Span<float> scores, bool again)
    {
        Span<int> ids = _ids;
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > float.NegativeInfinity)
            {
                scores[count] = scores[i];
                ids[count++] = again ? ids[i] : i;
            }
        }

        return count;
    }

    private static void ThrowUnlessPossible(float highest, ReadOnlySpan<float> logits)
    {
        if (float.IsFinite(highest))
        {
            return;
        }

        throw float.IsFinite(Softmax.Max(logits))
            ? new IncompatibleException("The rules of the request leave no token that could come next; its lists of allowed, forced and suppressed tokens contradict each other.")
            : new CorruptException(
                "The model's logits are not finite numbers, so no next token can be chosen; its weights are damaged or do not fit its configuration.");
    }

    private static void Return<T>(ref T[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<T>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
