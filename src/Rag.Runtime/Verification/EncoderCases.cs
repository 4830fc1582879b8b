using Microsoft.Extensions.AI;
using Rag.Models;
using Rag.Runtime.Embedding;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>The cases of a sentence encoder: hidden states of its ids, and vectors of its texts.</summary>
internal sealed class EncoderCases(ModelFolder folder, ExpectedOutputs expected, VerificationOptions options, CancellationToken cancellationToken)
{
    private const string Hidden = "last_hidden_state";
    private const string Vectors = "sentence_embedding";

    public async Task<IReadOnlyList<VerificationCase>> RunAsync() =>
        [.. expected.ShapeOf(Hidden) is [var batch, var sequence, _] ? [States((int)batch, (int)sequence)] : (VerificationCase[])[],
            .. expected.ShapeOf(Vectors) is [_, var dimensions] ? [await VectorsAsync((int)dimensions).ConfigureAwait(false)] : (VerificationCase[])[]];

    private VerificationCase States(int batch, int sequence)
    {
        using OnnxEncoder encoder = OnnxEncoder.Load(folder, options.Runtime);
        long[] ids = expected.Integers("input_ids");
        long[] mask = expected.Integers("attention_mask");
        float[] reference = expected.Tensor(Hidden, (long)batch * sequence * encoder.HiddenSize);
        float[] states = new float[reference.Length];
        encoder.Run(ids, mask, batch, sequence, states);
        cancellationToken.ThrowIfCancellationRequested();
        double worst = 0;
        long compared = 0;
        for (int token = 0; token < mask.Length; token++)
        {
            for (int i = token * encoder.HiddenSize; mask[token] != 0 && i < (token + 1) * encoder.HiddenSize; i++)
            {
                worst = Worse(worst, reference[i], states[i]);
                compared++;
            }
        }

        return new VerificationCase("hidden states", compared, worst, null, worst <= options.Tolerance);
    }

    private async Task<VerificationCase> VectorsAsync(int dimensions)
    {
        string[] texts = expected.Texts(expected.Root, "texts");
        float[] reference = expected.Tensor(Vectors, (long)texts.Length * dimensions);
        using SentenceEmbedder embedder = SentenceEmbedder.Load(folder, new SentenceEmbedderOptions { Runtime = options.Runtime });
        GeneratedEmbeddings<Embedding<float>> found = await embedder.GenerateAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        double worst = 0;
        for (int text = 0; text < texts.Length; text++)
        {
            ReadOnlySpan<float> vector = found[text].Vector.Span;
            if (vector.Length != dimensions)
            {
                throw new IncompatibleException($"{folder.FolderPath} makes vectors of {vector.Length} values, and {dimensions} are expected.", folder.FolderPath);
            }

            for (int i = 0; i < dimensions; i++)
            {
                worst = Worse(worst, reference[(text * dimensions) + i], vector[i]);
            }
        }

        return new VerificationCase("vectors of texts", reference.Length, worst, null, worst <= options.Tolerance);
    }

    // Not a number is no agreement.
    private static double Worse(double worst, float expected, float actual) =>
        float.IsNaN(expected - actual) ? double.PositiveInfinity : Math.Max(worst, Math.Abs(expected - actual));
}
