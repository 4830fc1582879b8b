using System.Numerics.Tensors;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Distillation;

/// <summary>What an encoder makes of each token by itself.</summary>
internal static class TokenVectors
{
    private const int BatchPositions = 3072;

    /// <summary>
    /// Runs every kept token, between the special tokens that the encoder expects, through the encoder.
    /// </summary>
    /// <returns>Per kept token the mean of the last hidden states of all its positions, special ones included, not normalised.</returns>
    /// <exception cref="CorruptException">The encoder gives numbers that are not finite.</exception>
    public static Matrix Compute(IEncoderSession encoder, Tokenizer tokenizer, KeptTokens kept, IProgress<DistillationProgress>? progress, CancellationToken cancellationToken)
    {
        (int[] before, int[] after) = Frame(tokenizer);
        int sequence = before.Length + 1 + after.Length;
        int width = encoder.HiddenSize;
        int batch = Math.Max(1, BatchPositions / sequence);
        Matrix vectors = new(kept.Ids.Count, width);
        float[] states = new float[checked(batch * sequence * width)];
        long[] mask = new long[batch * sequence];
        long[] ids = new long[batch * sequence];
        Array.Fill(mask, 1);
        for (int start = 0; start < vectors.Rows; start += batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(batch, vectors.Rows - start);
            int cells = count * sequence;
            for (int i = 0, at = 0; i < count; i++)
            {
                foreach (int id in (ReadOnlySpan<int>)[.. before, kept.Ids[start + i], .. after])
                {
                    ids[at++] = id;
                }
            }

            encoder.Run(ids.AsSpan(0, cells), mask.AsSpan(0, cells), count, sequence, states.AsSpan(0, cells * width));
            for (int i = 0; i < count; i++)
            {
                Average(states.AsSpan(i * sequence * width, sequence * width), vectors.Row(start + i));
            }

            progress?.Report(new DistillationProgress(DistillationStage.Tokens, start + count, vectors.Rows));
        }

        return vectors;
    }

    private static void Average(ReadOnlySpan<float> states, Span<float> mean)
    {
        for (int at = 0; at < states.Length; at += mean.Length)
        {
            TensorPrimitives.Add(mean, states.Slice(at, mean.Length), mean);
        }

        TensorPrimitives.Divide(mean, states.Length / mean.Length, mean);
        if (!float.IsFinite(TensorPrimitives.Norm<float>(mean)))
        {
            throw new CorruptException("The encoder gave numbers that are not finite; its weights are damaged or do not fit its configuration.");
        }
    }

    /// <summary>The special tokens before and after a text, found where a short one lies between them.</summary>
    private static (int[] Before, int[] After) Frame(Tokenizer tokenizer)
    {
        int[] bare = [.. tokenizer.Encode("a", new EncodeOptions { AddSpecialTokens = false }).Ids];
        int[] framed = [.. tokenizer.Encode("a").Ids];
        int at = framed.AsSpan().IndexOf(bare);
        return at < 0 ? ([], []) : (framed[..at], framed[(at + bare.Length)..]);
    }
}
