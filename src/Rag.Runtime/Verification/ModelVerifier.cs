using System.Text.Json;
using Rag.Models;
using Rag.Models.Hub;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>
/// Compares a model with what is expected of it: with the outputs in expected.json and expected.safetensors beside it, where they are
/// there, and with the hashes that the hub named, where it was downloaded from there. Stateless.
/// </summary>
/// <remarks>
/// expected.json of a decoder has an object "cases", each with "input_ids" and the name of a tensor of "logits", of all positions or of
/// those in "rows", or with "generated_ids" and "margins" that greedy decoding is compared with; a list of such objects is as many
/// cases. "adapters" has an object with such "cases" for each folder of a LoRA adapter beside it. That beside a GGUF file may have
/// "input_ids" and "greedy_ids" instead.
/// <para>
/// That of an encoder has a "kind" and "texts", pairs where a model reads two, and the tensors input_ids and attention_mask of a
/// batch padded on the right, token_type_ids where they count, and the outputs: last_hidden_state and sentence_embedding
/// ("embedding"); logits ("sequence-classification" with probabilities, "cross-encoder" with score, "token-classification",
/// "masked-lm"); start_logits and end_logits ("question-answering"); sparse ("splade"); token_embeddings ("late-interaction");
/// yes_no_logits and score ("yes-no-reranker"); text_embeds and image_embeds ("clip"). Tensors named "alone.0." and so on hold what
/// is expected of each row by itself.
/// </para>
/// </remarks>
public static class ModelVerifier
{
    private const string Kinds =
        "embedding, sequence-classification, token-classification, cross-encoder, yes-no-reranker, masked-lm, question-answering, splade, late-interaction and clip";

    /// <summary>Compares a model.</summary>
    /// <param name="folder">The model's folder or GGUF file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told what is being compared; null for nobody.</param>
    /// <param name="packing">Told while weights are packed, where the options ask for it; null for nobody.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    /// <exception cref="UnavailableException">There is nothing to compare it with, or no such folder.</exception>
    /// <exception cref="UnsupportedException">The family, or the kind of expected outputs, is not supported.</exception>
    /// <exception cref="CorruptException">A file is damaged.</exception>
    public static async Task<VerificationResult> VerifyAsync(
        string folder, VerificationOptions? options = null, IProgress<string>? progress = null, IProgress<WeightPackingProgress>? packing = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new VerificationOptions();
        options.Validate();
        ModelFolder model = ModelFolder.Open(folder);
        List<VerificationCase> cases = [];
        await foreach (FileCheck file in SnapshotCheck.RunAsync(model.FolderPath, cancellationToken).ConfigureAwait(false))
        {
            progress?.Report(file.Path);
            cases.Add(new VerificationCase(file.Path, file.Size, null, null, file.Fault is null, file.Fault ?? (file.Hashed ? null : "its size alone is known")));
        }

        using ExpectedOutputs? expected = ExpectedOutputs.Open(File.Exists(model.FolderPath) ? Path.GetDirectoryName(model.FolderPath)! : model.FolderPath);
        if (expected is not null)
        {
            await Task.Run(
                () =>
                {
                    foreach (VerificationCase found in Compare(model, expected, options, packing, cancellationToken))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        cases.Add(found);
                        progress?.Report(found.Name);
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }

        return cases.Count > 0 ? new VerificationResult(model.FolderPath, cases) : throw new UnavailableException(
            $"There is nothing to compare {model.FolderPath} with: no expected.json is beside it, and it was not downloaded from the hub by this tool.", model.FolderPath);
    }

    private static IEnumerable<VerificationCase> Compare(
        ModelFolder model, ExpectedOutputs expected, VerificationOptions options, IProgress<WeightPackingProgress>? packing, CancellationToken cancellationToken)
    {
        if (expected.Root.TryGetProperty("greedy_ids", out _) || expected.Root.TryGetProperty("cases", out _))
        {
            return Decode(model, expected, options, packing, cancellationToken);
        }

        string kind = expected.Require(expected.Root, "kind", JsonValueKind.String).GetString()!;
        IEnumerable<VerificationCase> More() => kind switch
        {
            "cross-encoder" or "sequence-classification" => new AnswerCases(model, expected, options, cancellationToken).Run(),
            "late-interaction" => new LateInteractionCases(model, expected, options, cancellationToken).Run(),
            "clip" => new ImageCases(model, expected, options, cancellationToken).Run(),
            _ => [],
        };
        return kind switch
        {
            "embedding" => new EncoderCases(model, expected, options, cancellationToken).Run(),
            "yes-no-reranker" => new YesNoCases(model, expected, options, packing, cancellationToken).Run(),
            _ when HeadOutput.Of(kind) is { } output => new HeadCases(model, expected, output, options, cancellationToken).Run().Concat(More()),
            _ => throw new UnsupportedException(
                $"{expected.Path} holds expected outputs of the kind '{kind}'; those of decoders (\"cases\") and of the kinds {Kinds} are compared.", expected.Path),
        };
    }

    private static IEnumerable<VerificationCase> Decode(
        ModelFolder model, ExpectedOutputs expected, VerificationOptions options, IProgress<WeightPackingProgress>? packing, CancellationToken cancellationToken)
    {
        AdapterCases adapters = new(expected, options.AllowedDifference, cancellationToken);
        using OnnxDecoderModel decoder = OnnxDecoderModel.Load(model, options.Runtime, adapters.Targets(), packing, cancellationToken);
        DecoderCases cases = new(decoder, expected, options.AllowedDifference, cancellationToken);
        foreach (VerificationCase found in expected.Root.TryGetProperty("greedy_ids", out _) ? cases.RunFlat() : cases.Run(expected.Root).Concat(adapters.Run(decoder)))
        {
            yield return found;
        }
    }
}
