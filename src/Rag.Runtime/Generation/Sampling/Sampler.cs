using System.Buffers;
using System.Numerics.Tensors;

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
        }
    }

    /// <summary>Chooses the next token and counts it as output.</summary>
    /// <exception cref="CorruptException">The logits hold NaN, or no token is possible.</exception>
    public int Next(ReadOnlySpan<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, _vocabularySize);
        int id;
        if (_scores is null)
        {
            id = Greedy(logits);
        }
        else
        {
            Span<float> scores = _scores.AsSpan(0, _vocabularySize);
            logits.CopyTo(scores);
            Process(scores);
            id = _options.Temperature >= MinTemperature ? Draw(scores, _random.NextDouble()) : Greedy(scores);
        }

        NoteOutput(id);
        return id;
    }

    /// <summary>Counts a token as output that something else has chosen.</summary>
    internal void NoteOutput(int id) => _history?.AddOutput(id);

    /// <summary>Applies every rule of the options to the scores in place; dropped tokens become negative infinity.</summary>
    internal void Process(Span<float> scores)
    {
        _history?.Penalise(scores, _options.RepetitionPenalty, _options.PresencePenalty, _options.FrequencyPenalty);
        if (_options.Temperature >= MinTemperature)
        {
            ThrowUnlessPossible(Softmax.Max(scores));
            TensorPrimitives.Divide(scores, _options.Temperature, scores);
            TopKFilter.Apply(scores, _options.TopK, _weights);
            TopPFilter.Apply(scores, _options.TopP, _ids, _weights);
            MinPFilter.Apply(scores, _options.MinP);
        }
    }

    /// <summary>The smallest id whose cumulative probability, in order of ids, is above <paramref name="u"/>.</summary>
    internal int Draw(ReadOnlySpan<float> scores, double u)
    {
        double target = u * Softmax.Exponentials(scores, _weights);
        double cumulative = 0;
        int last = -1;
        for (int id = 0; id < scores.Length; id++)
        {
            if (_weights![id] > 0)
            {
                cumulative += _weights[id];
                last = id;
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
        if (_ids is not null)
        {
            ArrayPool<int>.Shared.Return(_ids);
            _ids = null;
        }
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

    private static void Return(ref float[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<float>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
