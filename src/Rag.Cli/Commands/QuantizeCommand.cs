using System.CommandLine;
using System.Globalization;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Models.Quantization;

namespace Rag.Cli.Commands;

/// <summary><c>rag models quantize MODEL --out DIR</c>: a smaller folder of the same model.</summary>
internal static class QuantizeCommand
{
    public static Command Create(Screen screen, Option<bool> json)
    {
        var model = new Argument<string>("MODEL") { Description = "org/name from the cache, or a folder: config.json and safetensors in F32, F16 or BF16." };
        var destination = new Option<string>("--out") { Description = "The folder to write; empty or not there yet.", HelpName = "DIR", Required = true };
        var embeddings = new Option<string?>("--embeddings-from")
        {
            Description = "The folder to take the word embeddings from where the model has none of its own.",
            HelpName = "FOLDER",
        };
        var command = new Command("quantize", "Makes a model smaller: matrices int8, word embeddings int4.") { model, destination, embeddings };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ModelQuantizerOptions { WordEmbeddingsFolder = parsed.GetValue(embeddings) };
            (string from, string to) = (NamedModel.Open(parsed.GetRequiredValue(model)).FolderPath, parsed.GetRequiredValue(destination));
            QuantizationSummary summary = await ActivityView.RunAsync(screen, activity => Task.Run(
                () => ModelQuantizer.Quantize(from, to, options, new MappedProgress<QuantizationProgress, Activity>(activity, DownloadText.Describe), cancellationToken),
                cancellationToken)).ConfigureAwait(false);
            Show(screen, summary, parsed.GetValue(json));
            return ExitCode.Answered;
        });
        return command;
    }

    private static void Show(Screen screen, QuantizationSummary summary, bool json)
    {
        if (json)
        {
            JsonOutput.Write(screen.Out, QuantizationJson.From(summary));
        }
        else
        {
            screen.Out.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{DownloadText.Size(summary.SourceBytes)} of weights became {DownloadText.Size(summary.Bytes)} in {SafeText.Line(summary.FolderPath)} ({summary.Int8Tensors} tensors int8, {summary.Int4Tensors} int4, {summary.OtherTensors} f16 or as they were)\n"));
        }
    }
}
