using System.Globalization;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Generation;
using Rag.Runtime.Heads;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Verification;

/// <summary>The cases of an encoder with a head: what it gives for rows of ids in one batch, for each alone, and for texts.</summary>
internal sealed class HeadCases(ModelFolder folder, ExpectedOutputs expected, HeadOutput output, VerificationOptions options, CancellationToken cancellationToken)
{
    private readonly ExpectedBatch _batch = ExpectedBatch.Read(expected);

    public IEnumerable<VerificationCase> Run()
    {
        using OnnxHeadSession session = OnnxHeadSession.Load(folder, output.Kind, options.Runtime);
        yield return Together(session);
        if (expected.ShapeOf(Alone(0, output.Tensors[0])) is not null)
        {
            yield return Alone(session);
        }

        if (expected.Root.TryGetProperty("texts", out JsonElement texts))
        {
            yield return OfTexts(session, texts);
        }
    }

    private VerificationCase Together(OnnxHeadSession session)
    {
        float[] reference = Reference(session, name => name, _batch.Rows, _batch.Length);
        float[] actual = new float[reference.Length];
        session.Run(_batch.Ids, _batch.Types, _batch.Mask, _batch.Rows, _batch.Length, actual, cancellationToken);
        Comparison comparison = Begin(", batch");
        for (int row = 0; row < _batch.Rows; row++)
        {
            Range outputs = OutputsOf(session, row);
            comparison.Add(reference.AsSpan(outputs), actual.AsSpan(outputs));
        }

        return comparison.End();
    }

    private VerificationCase Alone(OnnxHeadSession session)
    {
        Comparison comparison = Begin(", alone");
        for (int row = 0; row < _batch.Rows; row++)
        {
            int tokens = _batch.Tokens(row);
            float[] reference = Reference(session, name => Alone(row, name), 1, tokens);
            float[] actual = new float[reference.Length];
            session.Run(_batch.Of(_batch.Ids, row), _batch.Of(_batch.Types, row), _batch.Of(_batch.Mask, row), 1, tokens, actual, cancellationToken);
            comparison.Add(reference, actual);
        }

        return comparison.End();
    }

    private VerificationCase OfTexts(OnnxHeadSession session, JsonElement texts)
    {
        HeadModel model = HeadModel.Create(folder, FolderTokenizer.Load(folder), session, new HeadModelOptions { Runtime = options.Runtime, MaxTokens = expected.MaxTokens() });
        float[] reference = Reference(session, name => name, _batch.Rows, _batch.Length);
        TokenRow[] rows = [.. Encode(model, texts)];
        if (rows.Length != _batch.Rows)
        {
            throw new CorruptException($"{expected.Path} has {rows.Length} texts for {_batch.Rows} rows of ids.", expected.Path);
        }

        Comparison comparison = Begin(" of texts");
        model.Run(rows.Length, row => rows[row], (row, actual) => comparison.Add(reference.AsSpan(OutputsOf(session, row)), actual), cancellationToken);
        return comparison.End();
    }

    // Whoever asks for the token behind a mask writes the mask; other texts have no special tokens.
    private IEnumerable<TokenRow> Encode(HeadModel model, JsonElement texts)
    {
        EncodeOptions how = new() { MaxTokens = model.MaxTokens, ParseSpecialTokens = output.Kind == HeadKind.MaskedLanguageModel };
        foreach (JsonElement text in texts.EnumerateArray())
        {
            yield return TokenRow.Of(text.ValueKind == JsonValueKind.Array
                ? model.Encode(expected.Pair(text).First, expected.Pair(text).Second, how)
                : model.Encode(expected.Text(text), how: how));
        }
    }

    // The columns of several tensors side by side.
    private float[] Reference(OnnxHeadSession session, Func<string, string> name, int rows, int length)
    {
        int cells = checked((session.PerToken ? length : 1) * rows);
        int width = session.Width / output.Tensors.Count;
        float[][] tensors = [.. output.Tensors.Select(tensor => expected.Tensor(name(tensor), (long)cells * width))];
        return tensors is [var one] ? one : [.. Enumerable.Range(0, cells).SelectMany(cell => tensors.SelectMany(tensor => tensor.Skip(cell * width).Take(width)))];
    }

    private Range OutputsOf(OnnxHeadSession session, int row)
    {
        int start = row * (session.PerToken ? _batch.Length : 1) * session.Width;
        return start..(start + ((session.PerToken ? _batch.Tokens(row) : 1) * session.Width));
    }

    private Comparison Begin(string how) => new(output.Name + how, options.Tolerance ?? output.Tolerance);

    private static string Alone(int row, string tensor) => string.Create(CultureInfo.InvariantCulture, $"alone.{row}.{tensor}");
}
