using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Models.Quantization;

namespace Rag.Cli.Commands;

/// <summary><c>rag models quantize FOLDER --out DIR</c>: a smaller folder of the same model.</summary>
internal static class QuantizeCommand
{
    public static Command Create(Screen screen, Option<bool> json)
    {
        var folder = new Argument<string>("FOLDER") { Description = "The model's folder: config.json and safetensors in F32, F16 or BF16." };
        var destination = new Option<string>("--out") { Description = "The folder to write; empty or not there yet.", HelpName = "DIR", Required = true };
        var embeddings = new Option<string?>("--embeddings-from")
        {
            Description = "The folder to take the word embeddings from where the model has none of its own.",
            HelpName = "FOLDER",
        };
        var command = new Command("quantize", "Makes a model smaller: matrices int8, word embeddings int4.") { folder, destination, embeddings };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ModelQuantizerOptions { WordEmbeddingsFolder = parsed.GetValue(embeddings) };
            (string from, string to) = (parsed.GetRequiredValue(folder), parsed.GetRequiredValue(destination));
            Show(screen, await Task.Run(() => ModelQuantizer.Quantize(from, to, options, cancellationToken), cancellationToken).ConfigureAwait(false), parsed.GetValue(json));
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
            screen.Out.Write($"{DownloadText.Size(summary.SourceBytes)} of weights became {DownloadText.Size(summary.Bytes)} in {SafeText.Line(summary.FolderPath)}\n");
        }
    }
}
