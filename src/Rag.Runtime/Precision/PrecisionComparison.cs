using Rag.Runtime.Sessions;

namespace Rag.Runtime.Precision;

/// <summary>
/// Runs two models over the same tokens, a few at a time, and compares what they predict. Divergence is D(P || Q) = sum P (ln P - ln Q),
/// with P that of the exact model (Kullback and Leibler 1951), computed in double precision. Stateless.
/// </summary>
public static class PrecisionComparison
{
    // Bounds the logits that are held of each model, 4 MiB.
    private const int MostLogits = 1 << 20;

    /// <summary>Compares two models.</summary>
    /// <param name="exact">The one to compare with.</param>
    /// <param name="other">The same model in another precision.</param>
    /// <param name="tokens">The text's tokens; at least two.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <param name="progress">Told the share that is done, 0 to 1; null for nobody.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <exception cref="IncompatibleException">The models have vocabularies of different sizes.</exception>
    /// <exception cref="ArgumentException">There are fewer than two tokens, or one is outside of the vocabulary.</exception>
    public static PrecisionLoss Measure(
        OnnxDecoderModel exact, OnnxDecoderModel other, IReadOnlyList<int> tokens, PrecisionLossOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(exact);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(tokens);
        options ??= new PrecisionLossOptions();
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens.Count, 2, nameof(tokens));
        if (exact.VocabularySize != other.VocabularySize)
        {
            throw new IncompatibleException($"{exact.FolderPath} predicts {exact.VocabularySize} tokens, {other.FolderPath} {other.VocabularySize}; only one model in two precisions can be compared.");
        }

        int[] all = [.. tokens.Take(options.MaxTokens)];
        int window = Math.Min(options.WindowTokens, Math.Min(exact.MaxPositions, other.MaxPositions));
        DistributionSums sums = new();
        using IDecoderSession first = exact.CreateSession();
        using IDecoderSession second = other.CreateSession();
        int piece = Math.Max(1, MostLogits / exact.VocabularySize);
        float[] expected = new float[Math.Min(piece, window) * exact.VocabularySize];
        float[] actual = new float[expected.Length];
        for (int start = 0; start < all.Length; start += window)
        {
            first.Rewind(0);
            second.Rewind(0);
            int end = Math.Min(start + window, all.Length);
            for (int at = start; at < end; at += piece)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<int> part = all.AsSpan(at, Math.Min(piece, end - at));
                int logits = part.Length * exact.VocabularySize;
                first.AppendAll(part, expected.AsSpan(0, logits));
                second.AppendAll(part, actual.AsSpan(0, logits));
                for (int i = 0; i < part.Length; i++)
                {
                    int row = i * exact.VocabularySize;
                    int next = at + i + 1 < end ? all[at + i + 1] : -1;
                    sums.Add(expected.AsSpan(row, exact.VocabularySize), actual.AsSpan(row, exact.VocabularySize), next);
                }

                progress?.Report((double)(at + part.Length) / all.Length);
            }
        }

        return sums.ToLoss();
    }
}
