using System.Globalization;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Embedding;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>The cases of a sentence encoder: hidden states of its ids, and vectors of its texts, also behind each of its prompts.</summary>
internal sealed class EncoderCases(ModelFolder folder, ExpectedOutputs expected, VerificationOptions options, CancellationToken cancellationToken)
{
    private const string Hidden = "last_hidden_state";
    private const string Vectors = "sentence_embedding";

    public IEnumerable<VerificationCase> Run() => States().Concat(VectorsOfTexts());

    private IEnumerable<VerificationCase> States()
    {
        if (expected.ShapeOf(Hidden) is null)
        {
            yield break;
        }

        ExpectedBatch batch = ExpectedBatch.Read(expected);
        using OnnxEncoder encoder = OnnxEncoder.Load(folder, options.Runtime);
        float[] reference = expected.Tensor(Hidden, (long)batch.Ids.Length * encoder.HiddenSize);

        if (encoder.TakesPadding)
        {
            yield return Together(encoder, batch, reference);
        }

        yield return Alone(encoder, batch, reference);
    }

    private VerificationCase Together(OnnxEncoder encoder, ExpectedBatch batch, float[] reference)
    {
        float[] states = new float[reference.Length];
        encoder.Run(batch.Ids, batch.Mask, batch.Rows, batch.Length, states);
        cancellationToken.ThrowIfCancellationRequested();
        Comparison comparison = new("hidden states, batch", options.AllowedDifference);
        for (int row = 0; row < batch.Rows; row++)
        {
            (int start, int count) = (row * batch.Length * encoder.HiddenSize, batch.Tokens(row) * encoder.HiddenSize);
            comparison.Add(reference.AsSpan(start, count), states.AsSpan(start, count));
        }

        return comparison.End();
    }

    // Against the row alone where that is stored, else against the row of the batch: padding changes none.
    private VerificationCase Alone(OnnxEncoder encoder, ExpectedBatch batch, float[] reference)
    {
        Comparison comparison = new("hidden states, alone", options.AllowedDifference);
        if (!encoder.TakesPadding)
        {
            comparison.Note("these weights take no padding, so there is no batch");
        }

        for (int row = 0; row < batch.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string name = string.Create(CultureInfo.InvariantCulture, $"alone.{row}.{Hidden}");
            float[] states = new float[batch.Tokens(row) * encoder.HiddenSize];
            encoder.Run(batch.Of(batch.Ids, row), batch.Of(batch.Mask, row), 1, batch.Tokens(row), states);
            comparison.Add(expected.ShapeOf(name) is null ? reference.AsSpan(row * batch.Length * encoder.HiddenSize, states.Length) : expected.Tensor(name, states.Length), states);
        }

        return comparison.End();
    }

    private IEnumerable<VerificationCase> VectorsOfTexts()
    {
        if (expected.ShapeOf(Vectors) is null)
        {
            yield break;
        }

        using SentenceEmbedder embedder = SentenceEmbedder.Load(folder, new SentenceEmbedderOptions { Runtime = options.Runtime });
        string[] texts = expected.Texts(expected.Root, "texts");
        yield return Compare("vectors of texts", embedder, texts, expected.Tensor(Vectors, (long)texts.Length * embedder.Dimensions));
        string path = Path.Combine(expected.FolderPath, "expected-prompts.safetensors");
        if (!File.Exists(path))
        {
            yield break;
        }

        using SafetensorsFile prompted = SafetensorsFile.Open(path);
        foreach (JsonProperty prompt in expected.Require(expected.Root, "prompts", JsonValueKind.Object).EnumerateObject())
        {
            // What goes before a text comes from the folder's own files, as when it is used.
            string before = folder.SentenceTransformer?.Prompts.GetValueOrDefault(prompt.Name) ?? throw new IncompatibleException(
                $"{expected.Path} expects vectors with the prompt '{prompt.Name}', which the files of the model {folder.FolderPath} do not have.", folder.FolderPath);
            float[] reference = prompted.ReadSingles(prompted.Require($"prompt.{prompt.Name}.{Vectors}"));
            yield return Compare($"vectors with the prompt '{prompt.Name}'", embedder, [.. texts.Select(text => before + text)], reference);
        }
    }

    private VerificationCase Compare(string name, SentenceEmbedder embedder, string[] texts, float[] reference)
    {
        Comparison comparison = new(name, options.AllowedDifference);
        comparison.Add(reference, [.. embedder.Generate(texts, cancellationToken).SelectMany(vector => vector.Vector.ToArray())]);
        return comparison.End();
    }
}
