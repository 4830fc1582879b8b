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
/// cases. That beside a GGUF file may have "input_ids" and "greedy_ids" instead. That of a sentence encoder has the kind "embedding", "texts", and the tensors input_ids, attention_mask,
/// last_hidden_state and sentence_embedding.
/// </remarks>
public static class ModelVerifier
{
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
            await CompareAsync(model, expected, options, cases, progress, packing, cancellationToken).ConfigureAwait(false);
        }

        return cases.Count > 0 ? new VerificationResult(model.FolderPath, cases) : throw new UnavailableException(
            $"There is nothing to compare {model.FolderPath} with: no expected.json is beside it, and it was not downloaded from the hub by this tool.", model.FolderPath);
    }

    private static async Task CompareAsync(
        ModelFolder model, ExpectedOutputs expected, VerificationOptions options, List<VerificationCase> cases,
        IProgress<string>? progress, IProgress<WeightPackingProgress>? packing, CancellationToken cancellationToken)
    {
        bool flat = expected.Root.TryGetProperty("greedy_ids", out _);
        if (flat || expected.Root.TryGetProperty("cases", out _))
        {
            using OnnxDecoderModel decoder = await Task.Run(() => OnnxDecoderModel.Load(model, options.Runtime, progress: packing, cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
            DecoderCases all = new(decoder, expected, options.Tolerance, cancellationToken);
            foreach (VerificationCase found in flat ? all.RunFlat() : all.Run())
            {
                cases.Add(found);
                progress?.Report(found.Name);
            }

            return;
        }

        string kind = expected.Require(expected.Root, "kind", JsonValueKind.String).GetString()!;
        cases.AddRange(kind == "embedding"
            ? await new EncoderCases(model, expected, options, cancellationToken).RunAsync().ConfigureAwait(false)
            : throw new UnsupportedException($"{expected.Path} holds expected outputs of the kind '{kind}'; those of decoders (\"cases\") and of the kind 'embedding' are compared.", expected.Path));
    }
}
