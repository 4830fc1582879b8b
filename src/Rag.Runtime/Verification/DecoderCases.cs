using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>The cases of a decoder, alone or with an adapter: "short", "ragged", "long", "greedy", "continue", "cross".</summary>
internal sealed class DecoderCases(OnnxDecoderModel model, ExpectedOutputs expected, double tolerance, CancellationToken cancellationToken, DecoderAdapter? adapter = null)
{
    private readonly int _vocabulary = model.VocabularySize;

    /// <summary>Every case that is there.</summary>
    /// <param name="from">The object whose "cases" they are.</param>
    public IEnumerable<VerificationCase> Run(JsonElement from)
    {
        JsonElement cases = expected.Require(from, "cases", JsonValueKind.Object);
        foreach (JsonProperty property in cases.EnumerateObject())
        {
            foreach (VerificationCase found in Run(cases, property))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return found;
            }
        }
    }

    /// <summary>
    /// The two cases of a model in one file: "input_ids" with the tensor "logits", and "greedy_ids" with the tensor
    /// "last_logits_after_greedy". Differences are in units of the largest logit, where that is above 1.
    /// </summary>
    public IEnumerable<VerificationCase> RunFlat()
    {
        int[] ids = expected.Numbers(expected.Root, "input_ids");
        float[] reference = expected.Tensor("logits", (long)ids.Length * _vocabulary);
        float largest = Math.Max(1, Math.Abs(TensorPrimitives.MaxMagnitude<float>(reference)));
        yield return Case("prompt", reference.Length, Difference(reference, Logits(ids)) / largest, null);
        cancellationToken.ThrowIfCancellationRequested();
        yield return DecodeFlat(ids, largest);
    }

    private VerificationCase DecodeFlat(int[] ids, float largest)
    {
        int[] greedy = expected.Numbers(expected.Root, "greedy_ids");
        using IDecoderSession session = model.CreateSession(adapter);
        bool same = true;
        ReadOnlySpan<float> logits = session.Append(ids, cancellationToken);
        foreach (int token in greedy)
        {
            same &= TensorPrimitives.IndexOfMax(logits) == token;
            logits = session.Append([token], cancellationToken);
        }

        return Case("greedy", _vocabulary, Difference(expected.Tensor("last_logits_after_greedy", _vocabulary), logits) / largest, same);
    }

    private IEnumerable<VerificationCase> Run(JsonElement cases, JsonProperty property)
    {
        JsonElement test = property.Value;
        if (test.ValueKind == JsonValueKind.Array)
        {
            return test.EnumerateArray().Select((one, i) => All(string.Create(CultureInfo.InvariantCulture, $"{property.Name} {i}"), one));
        }

        return
        [
            test.ValueKind != JsonValueKind.Object ? throw new CorruptException($"{expected.Path}: the case '{property.Name}' is no object.", expected.Path)
                : test.TryGetProperty("generated_ids", out _) ? Decode(property.Name, cases, test)
                : test.TryGetProperty("rows", out _) ? Rows(property.Name, test)
                : All(property.Name, test),
        ];
    }

    private VerificationCase All(string name, JsonElement test)
    {
        int[] ids = expected.Numbers(test, "input_ids");
        float[] reference = expected.Tensor(test, "logits", (long)ids.Length * _vocabulary);
        return Case(name, reference.Length, Difference(reference, Logits(ids)), null);
    }

    private VerificationCase Rows(string name, JsonElement test)
    {
        int[] ids = expected.Numbers(test, "input_ids");
        int[] rows = expected.Numbers(test, "rows");
        float[] reference = expected.Tensor(test, "logits", (long)rows.Length * _vocabulary);
        float[] logits = Logits(ids);
        double worst = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)ids.Length)
            {
                throw new CorruptException($"{expected.Path}: the case '{name}' names row {rows[i]} of {ids.Length}.", expected.Path);
            }

            worst = Math.Max(worst, Difference(reference.AsSpan(i * _vocabulary, _vocabulary), logits.AsSpan(rows[i] * _vocabulary, _vocabulary)));
        }

        return Case(name, reference.Length, worst, null);
    }

    // The reference's tokens are given in, so that one that differs does not spoil those behind it.
    private VerificationCase Decode(string name, JsonElement cases, JsonElement test)
    {
        int[] prompt = expected.Numbers(test.TryGetProperty("input_ids", out _) ? test : expected.Require(cases, "long", JsonValueKind.Object), "input_ids");
        int[] generated = expected.Numbers(test, "generated_ids");
        float[] reference = expected.Tensor(test, "logits", (long)generated.Length * _vocabulary);
        float[] margins = expected.Tensor(test, "margins", generated.Length);
        using IDecoderSession session = model.CreateSession(adapter);
        double worst = 0;
        bool same = true;
        int compared = 0;
        ReadOnlySpan<float> logits = session.Append(prompt, cancellationToken);
        for (int step = 0; step < generated.Length; step++)
        {
            worst = Math.Max(worst, Difference(reference.AsSpan(step * _vocabulary, _vocabulary), logits));
            if (margins[step] > tolerance)
            {
                same &= TensorPrimitives.IndexOfMax(logits) == generated[step];
                compared++;
            }

            if (step + 1 < generated.Length)
            {
                logits = session.Append([generated[step]], cancellationToken);
            }
        }

        string? note = compared == generated.Length ? null : string.Create(CultureInfo.InvariantCulture, $"{generated.Length - compared} tokens were too close to compare");
        return Case(name, reference.Length, worst, same, note);
    }

    private float[] Logits(int[] ids)
    {
        using IDecoderSession session = model.CreateSession(adapter);
        float[] logits = new float[checked(ids.Length * _vocabulary)];
        session.AppendAll(ids, logits);
        return logits;
    }

    private VerificationCase Case(string name, long compared, double worst, bool? same, string? note = null) =>
        new(name, compared, worst, same, worst <= tolerance && same is not false, note);

    // Not a number is no agreement.
    private static double Difference(ReadOnlySpan<float> reference, ReadOnlySpan<float> actual)
    {
        float distance = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            distance = MathF.Max(distance, MathF.Abs(reference[i] - actual[i]));
        }

        return float.IsNaN(distance) ? double.PositiveInfinity : distance;
    }
}
