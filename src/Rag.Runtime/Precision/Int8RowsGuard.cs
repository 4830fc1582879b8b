using System.Globalization;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Precision;

/// <summary>
/// Finds out what a model loses with one scale a row where blocks have many: one number that is a hundred times the others takes all the
/// steps of its row. It reads the beginning of <see cref="ModelLoss.DefaultText"/> in both forms, one after the other, so that never two
/// models are in memory, and remembers what it found.
/// </summary>
/// <param name="folder">The model.</param>
/// <param name="options">How to run it.</param>
/// <param name="progress">Told while weights are packed; null for nobody.</param>
internal sealed class Int8RowsGuard(ModelFolder folder, RuntimeOptions options, IProgress<WeightPackingProgress>? progress)
{
    /// <summary>The most tokens that are read: the mean of their divergences is then within a tenth or two of that of a long text.</summary>
    public const int MostTokens = 256;

    /// <summary>The fewest that say anything.</summary>
    public const int LeastTokens = 64;

    private const int Piece = 64;

    // The logits of one model are held while the other runs: 128 MiB.
    private const int MostLogits = 1 << 25;

    /// <summary>Measures where that is not known yet, and compares with <see cref="RuntimeOptions.MaxInt8RowsLoss"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public RowsVerdict Judge(CancellationToken cancellationToken)
    {
        if (options.MaxInt8RowsLoss <= 0)
        {
            return new RowsVerdict(false, $"{nameof(WeightPrecision.Int8Rows)} is faster here and not taken, since {nameof(RuntimeOptions.MaxInt8RowsLoss)} is 0.");
        }

        RowsLoss loss;
        try
        {
            RowsLossRecord record = RowsLossRecord.Of(folder, options.CacheDirectory, cancellationToken);
            if (record.Read() is not { } known)
            {
                known = Measure(cancellationToken);
                record.Write(known);
            }

            loss = known;
        }
        catch (RagException e)
        {
            return new RowsVerdict(false, $"{nameof(WeightPrecision.Int8Rows)} is faster here and not taken, since its loss cannot be measured: {e.Message}");
        }

        bool passes = loss.Divergence <= options.MaxInt8RowsLoss;
        return new RowsVerdict(passes, string.Create(
            CultureInfo.InvariantCulture,
            $"{nameof(WeightPrecision.Int8Rows)} is faster here and {(passes ? "taken" : "not taken")}, since on {loss.Tokens} tokens it differs from {nameof(WeightPrecision.Int8)} by {loss.Divergence:g2} nats a token with {loss.Agreement:p0} of the likeliest tokens the same; {nameof(RuntimeOptions.MaxInt8RowsLoss)} allows {options.MaxInt8RowsLoss:g2}."));
    }

    private RowsLoss Measure(CancellationToken cancellationToken)
    {
        int[] tokens = [.. FolderTokenizer.Load(folder).Encode(ModelLoss.DefaultText).Ids.Take(MostTokens)];
        Require(tokens.Length, "The text has too few tokens for the model");
        int vocabulary;
        float[] blocks;
        using (OnnxDecoderModel model = Load(WeightPrecision.Int8, cancellationToken))
        {
            vocabulary = model.VocabularySize;
            tokens = tokens[..Math.Min(tokens.Length, Math.Min(model.MaxPositions, MostLogits / vocabulary))];
            Require(tokens.Length, "The model has too few positions, or too large a vocabulary");
            blocks = new float[tokens.Length * vocabulary];
            using IDecoderSession session = model.CreateSession();
            session.AppendAll(tokens, blocks);
        }

        cancellationToken.ThrowIfCancellationRequested();
        DistributionSums sums = new();
        using (OnnxDecoderModel model = Load(WeightPrecision.Int8Rows, cancellationToken))
        {
            using IDecoderSession session = model.CreateSession();
            float[] rows = new float[Piece * vocabulary];
            for (int i = 0; i < tokens.Length; i += Piece)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Math.Min(Piece, tokens.Length - i);
                session.AppendAll(tokens.AsSpan(i, count), rows.AsSpan(0, count * vocabulary));
                for (int row = 0; row < count; row++)
                {
                    sums.Add(blocks.AsSpan((i + row) * vocabulary, vocabulary), rows.AsSpan(row * vocabulary, vocabulary), next: -1);
                }
            }
        }

        PrecisionLoss loss = sums.ToLoss();
        return new RowsLoss(double.IsFinite(loss.Divergence) ? loss.Divergence : double.MaxValue, loss.TopAgreement, loss.Tokens);
    }

    private void Require(int tokens, string what)
    {
        if (tokens < LeastTokens)
        {
            throw new UnavailableException($"{what}: there are {tokens}, and it takes {LeastTokens}.", folder.FolderPath);
        }
    }

    private OnnxDecoderModel Load(WeightPrecision weights, CancellationToken cancellationToken) =>
        OnnxDecoderModel.Load(folder, options.Settled(weights), adapters: null, progress, cancellationToken);
}
