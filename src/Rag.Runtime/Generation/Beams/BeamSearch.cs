using System.Buffers;
using System.Numerics.Tensors;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Sampling.Rules;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Beams;

/// <summary>
/// Beam search as transformers does it (_beam_search in generation/utils.py): log-probabilities pass the rules, the best
/// max(2, 1 + stop tokens) times as many continuations as beams are looked at, and of these the first as many as beams may finish.
/// </summary>
public static class BeamSearch
{
    // What the reference gives to what must not win.
    private const float Never = -1e9f;

    /// <summary>Finds the best sequences after a prompt.</summary>
    /// <param name="createSession">Opens an empty sequence of the model, such as <see cref="OnnxDecoderModel.CreateSession()"/>; all of them are disposed here.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="options">How to search; null for the defaults.</param>
    /// <param name="cancellationToken">Ends a running step.</param>
    /// <returns>The best first; fewer than asked for only where the rules leave no more.</returns>
    /// <exception cref="ArgumentException">An option is out of range or names a token that the model does not have.</exception>
    /// <exception cref="CorruptException">The model's logits are not numbers.</exception>
    /// <exception cref="LimitExceededException">A sequence would pass the model's positions.</exception>
    public static IReadOnlyList<BeamSequence> Run(
        Func<IDecoderSession> createSession, IReadOnlyList<int> prompt, BeamSearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(createSession);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(prompt.Count, 1, nameof(prompt));
        options ??= new BeamSearchOptions();
        options.Validate();
        using BeamSessions sessions = new(createSession, Math.Min(options.MaxSessions, options.Beams));
        return Run(sessions, [.. prompt], options, cancellationToken);
    }

    private static List<BeamSequence> Run(BeamSessions sessions, int[] prompt, BeamSearchOptions options, CancellationToken cancellationToken)
    {
        int vocabulary = sessions.VocabularySize;
        int maxLength = checked(prompt.Length + options.MaxOutputTokens);
        HashSet<int> stops = [.. options.StopTokens];
        ISamplingRule[] rules = SamplingRules.Create(options.Sampling, vocabulary, stops, maxLength, seed: 0).ByToken;
        int[] top = new int[Math.Min(Math.Max(2, 1 + stops.Count) * options.Beams, checked(options.Beams * vocabulary))];
        float[] scores = ArrayPool<float>.Shared.Rent(options.Beams * vocabulary);
        try
        {
            using SamplingBuffers buffers = new(vocabulary);
            FinishedBeams finished = new(options, prompt.Length, maxLength);
            List<Beam> running = [new Beam(prompt, 0)];
            while (running.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sessions.BeginStep();
                for (int i = 0; i < running.Count; i++)
                {
                    Span<float> row = scores.AsSpan(i * vocabulary, vocabulary);
                    LogSoftmax(sessions.Run(running[i].Tokens, cancellationToken), row, buffers);
                    foreach (ISamplingRule rule in rules)
                    {
                        rule.Apply(new SamplingStep(row, running[i].Tokens, prompt.Length, buffers));
                    }

                    TensorPrimitives.Add(row, running[i].Score, row);
                }

                Span<int> best = top.AsSpan(0, Math.Min(top.Length, running.Count * vocabulary));
                TopTokens.Select(scores.AsSpan(0, running.Count * vocabulary), best);
                List<Beam> next = new(options.Beams);
                for (int rank = 0; rank < best.Length; rank++)
                {
                    float score = scores[best[rank]];
                    Beam parent = running[best[rank] / vocabulary];
                    int token = best[rank] % vocabulary;
                    bool stopped = stops.Contains(token);
                    if (score <= Never)
                    {
                        break;
                    }

                    if (stopped || parent.Tokens.Length + 1 == maxLength)
                    {
                        // Only the first as many as beams may finish, or short sequences would crowd out better ones.
                        if (rank < options.Beams)
                        {
                            finished.Add(parent.With(token, score), stopped ? BeamEnd.Stop : BeamEnd.Length);
                        }
                    }
                    else if (next.Count < options.Beams)
                    {
                        next.Add(parent.With(token, score));
                    }
                }

                running = finished.CanImprove(next) ? next : [];
            }

            return finished.Best(options.Returned ?? options.Beams);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    private static void LogSoftmax(ReadOnlySpan<float> logits, Span<float> row, SamplingBuffers buffers)
    {
        double logTotal = Softmax.LogSumExp(logits, buffers.Weights);
        if (!double.IsFinite(logTotal))
        {
            throw new CorruptException("The model's logits are not finite numbers, so no next token can be chosen; its weights are damaged or do not fit its configuration.");
        }

        for (int i = 0; i < row.Length; i++)
        {
            row[i] = (float)(logits[i] - logTotal);
        }
    }
}
