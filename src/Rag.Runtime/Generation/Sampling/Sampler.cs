using System.Buffers;
using System.Numerics.Tensors;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>
/// Chooses the tokens of one request. Its buffers are rented once, so choosing allocates nothing. Not thread-safe.
/// </summary>
internal sealed class Sampler : IDisposable
{
    /// <summary>Below this a division could overflow; such a distribution is greedy to the last digit.</summary>
    private const float MinTemperature = 1e-5f;

    private readonly SamplingOptions _options;
    private readonly TokenHistory? _history;
    private readonly int _vocabularySize;
    private SeededRandom _random;
    private float[]? _scores;
    private float[]? _weights;
    private int[]? _ids;
    private int[]? _order;

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">Validated; not changed afterwards.</param>
    /// <param name="seed">Of the random numbers, used where the options sample at all.</param>
    /// <param name="vocabularySize">The number of logits.</param>
    /// <param name="prompt">The tokens that the repetition penalty counts from the start.</param>
    public Sampler(SamplingOptions options, long seed, int vocabularySize, ReadOnlySpan<int> prompt)
    {
        _options = options;
        _vocabularySize = vocabularySize;
        _random = new SeededRandom(seed);
        if (options.RepetitionPenalty != 1 || options.PresencePenalty != 0 || options.FrequencyPenalty != 0)
        {
            _history = new TokenHistory(vocabularySize, prompt);
        }

        if (_history is not null || options.Temperature >= MinTemperature)
        {
            _scores = ArrayPool<float>.Shared.Rent(vocabularySize);
        }

        if (options.Temperature >= MinTemperature)
        {
            _weights = ArrayPool<float>.Shared.Rent(vocabularySize);
            _ids = ArrayPool<int>.Shared.Rent(vocabularySize);
            _order = ArrayPool<int>.Shared.Rent(vocabularySize);
        }
    }

    /// <summary>Chooses the next token and counts it as output.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="mask">The tokens that may be chosen, which is decided before any other rule; null for all.</param>
    /// <exception cref="CorruptException">The logits hold NaN, or no token is possible.</exception>
    public int Next(ReadOnlySpan<float> logits, TokenMask? mask = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _vocabularySize);
        int id;
        if (_scores is null)
        {
            id = mask is null ? Greedy(logits) : mask.Highest(logits);
            ThrowUnlessPossible(logits[id]);
        }
        else
        {
            Span<float> scores = _scores.AsSpan(0, _vocabularySize);
            logits.CopyTo(scores);
            mask?.Apply(scores);
            int candidates = Process(scores);
            id = _options.Temperature >= MinTemperature ? _ids![Draw(scores[..candidates], _random.NextDouble())] : Greedy(scores);
        }

        NoteOutput(id);
        return id;
    }

    /// <summary>Counts a token as output that alone was possible, and takes the random number that choosing it would have taken.</summary>
    internal void NoteForced(int id)
    {
        if (_options.Temperature >= MinTemperature)
        {
            _random.NextDouble();
        }

        NoteOutput(id);
    }

    /// <summary>Counts a token as output that something else has chosen.</summary>
    internal void NoteOutput(int id) => _history?.AddOutput(id);

    /// <summary>
    /// Applies every rule of the options to the scores in place. Where a token is drawn, the scores that are left move to
    /// the front in order of their ids, so that what follows top-k costs as little as top-k leaves.
    /// </summary>
    /// <returns>How many scores are left at the front.</returns>
    internal int Process(Span<float> scores)
    {
        _history?.Penalise(scores, _options.RepetitionPenalty, _options.PresencePenalty, _options.FrequencyPenalty);
        if (_options.Temperature < MinTemperature)
        {
            return scores.Length;
        }

        ThrowUnlessPossible(Softmax.Max(scores));
        TensorPrimitives.Divide(scores, _options.Temperature, scores);
        TopKFilter.Apply(scores, _options.TopK, _weights);
        int count = Compact(scores);
        TopPFilter.Apply(scores[..count], _options.TopP, _order, _weights);
        MinPFilter.Apply(scores[..count], _options.MinP);
        return count;
    }

    /// <summary>The token whose score moved to a place at the front.</summary>
    internal int CandidateId(int index) => _ids![index];

    /// <summary>The first index whose cumulative probability is above <paramref name="u"/>.</summary>
    internal int Draw(ReadOnlySpan<float> scores, double u)
    {
        double target = u * Softmax.Exponentials(scores, _weights);
        double cumulative = 0;
        int last = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (_weights![i] > 0)
            {
                cumulative += _weights[i];
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
        Return(ref _weights);
        Return(ref _ids);
        Return(ref _order);
    }

    private int Compact(Span<float> scores)
    {
        int count = 0;
        for (int id = 0; id < scores.Length; id++)
        {
            if (scores[id] > float.NegativeInfinity)
            {
                scores[count] = scores[id];
                _ids![count++] = id;
            }
        }

        return count;
    }

    private static int Greedy(ReadOnlySpan<float> scores)
    {
        int id = TensorPrimitives.IndexOfMax(scores);
        ThrowUnlessPossible(scores[id]);
        return id;
    }

    private static void ThrowUnlessPossible(float highest)
    {
        if (!float.IsFinite(highest))
        {
            throw new CorruptException(
                "The model's logits are not finite numbers, so no next token can be chosen; its weights are damaged or do not fit its configuration.");
        }
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
