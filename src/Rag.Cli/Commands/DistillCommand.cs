using System.CommandLine;
using System.Globalization;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Evaluation.Datasets;
using Rag.Hosting;
using Rag.Ingestion;
using Rag.Runtime.Distillation;

namespace Rag.Cli.Commands;

/// <summary><c>rag models distill ENCODER</c>: makes a fast table of token vectors out of a sentence encoder.</summary>
internal sealed class DistillCommand
{
    private readonly Argument<string> _encoder = new("ENCODER") { Description = "The sentence encoder: org/name or a folder." };
    private readonly Option<string> _out = new("--out") { HelpName = "DIR", Description = "The folder to make; it must not be there yet, or be empty.", Required = true };
    private readonly Option<string?> _docs = new("--docs") { HelpName = "DIR", Description = "Fit the table to the passages of these documents." };

    private readonly Option<string[]> _texts = new("--texts")
    {
        HelpName = "FILE", Description = "Fit it to these texts: JSON lines with \"text\", or a question set in SQuAD's form (.json); plain or .gz. May be given again.",
    };

    private readonly Option<string?> _without = new("--without") { HelpName = "FILE", Description = "Paragraphs of question sets to leave out: JSON lines with \"title\" and \"paragraph\"." };
    private readonly Option<int?> _sample = Number("--sample", 1, "Take N paragraphs or lines of each file, evenly chosen (default: all).");
    private readonly Option<int?> _dimensions = Number("--dimensions", 1, "Length of a vector (default: 256).");
    private readonly Option<int?> _epochs = Number("--epochs", 0, "Passes over the texts (default: 24).");
    private readonly Screen _screen;
    private readonly Option<bool> _json;

    private DistillCommand(Screen screen, Option<bool> json) => (_screen, _json) = (screen, json);

    public static Command Create(Screen screen, Option<bool> json)
    {
        var distill = new DistillCommand(screen, json);
        var command = new Command("distill", "Makes a small, fast encoder out of a large one, fitted to your documents where they are given.")
        {
            distill._encoder, distill._out, distill._docs, distill._texts, distill._without, distill._sample, distill._dimensions, distill._epochs,
        };
        command.SetAction(distill.RunAsync);
        return command;
    }

    private static Option<int?> Number(string name, int least, string description) =>
        new Option<int?>(name) { HelpName = "N", Description = description }.Bounded(least);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new DistillationOptions();
        options.Dimensions = parsed.GetValue(_dimensions) ?? options.Dimensions;
        options.Epochs = parsed.GetValue(_epochs) ?? options.Epochs;
        string encoder = parsed.GetRequiredValue(_encoder);

        // Files first: a name that was mistyped is found before a model is fetched.
        List<string> texts = await ReadTextsAsync(parsed, cancellationToken).ConfigureAwait(false);
        string? docs = parsed.GetValue(_docs);
        if (docs is not null && !Directory.Exists(docs))
        {
            throw new UnavailableException($"There is no folder '{docs}'.", docs);
        }

        string folder = await MeasuredModels.ResolveAsync(_screen, encoder, cancellationToken).ConfigureAwait(false);
        using EmbeddingDistiller distiller = await Task.Run(() => EmbeddingDistiller.Load(folder, options), cancellationToken).ConfigureAwait(false);
        if (docs is not null)
        {
            texts.AddRange(await ReadDocumentsAsync(docs, distiller, cancellationToken).ConfigureAwait(false));
        }

        DistillationResult result = await ActivityView.RunAsync(_screen, activity => distiller.DistillAsync(
            texts, parsed.GetRequiredValue(_out), new MappedProgress<DistillationProgress, Activity>(activity, Describe), cancellationToken)).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_screen.Out, DistillationJson.From(result));
        }
        else
        {
            Show(result);
        }

        return ExitCode.Answered;
    }

    private async Task<List<string>> ReadTextsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlySet<(string, int)>? without = parsed.GetValue(_without) is { } list
            ? await TrainingTexts.ReadParagraphListAsync(list, cancellationToken: cancellationToken).ConfigureAwait(false)
            : null;
        List<string> texts = [];
        foreach (string file in parsed.GetValue(_texts) ?? [])
        {
            texts.AddRange(await TrainingTexts.ReadAsync(file, parsed.GetValue(_sample), without, cancellationToken: cancellationToken).ConfigureAwait(false));
        }

        return texts;
    }

    private async Task<IReadOnlyList<string>> ReadDocumentsAsync(string docs, EmbeddingDistiller distiller, CancellationToken cancellationToken)
    {
        DocumentPassages passages = await ActivityView.RunAsync(_screen, activity => DocumentPassages.ReadAsync(
            docs,
            distiller.TokenCounter,
            new MappedProgress<IngestionProgress, Activity>(activity, progress => new Activity($"reading {progress.Document}", progress.Done, progress.Total)),
            cancellationToken)).ConfigureAwait(false);
        IngestionView.ShowFailures(_screen, passages.Failed);
        return passages.Texts.Count > 0
            ? passages.Texts
            : throw new UnavailableException($"The documents in '{docs}' hold no text to fit the table to.", docs);
    }

    private static Activity Describe(DistillationProgress progress) => new(
        progress.Stage switch
        {
            DistillationStage.Tokens => "encoding the vocabulary",
            DistillationStage.Texts => "encoding the texts",
            DistillationStage.Fit => "fitting the table",
            _ => "training the table",
        },
        progress.Done,
        progress.Total);

    private void Show(DistillationResult result)
    {
        _screen.Out.Write(string.Create(
            CultureInfo.InvariantCulture, $"{result.Rows:N0} tokens, {result.Dimensions} dimensions ({DownloadText.Size(result.Bytes)}) are in {SafeText.Line(result.Folder)}\n"));
        _screen.Out.Write((result.TrainedCosine ?? result.FittedCosine) is { } cosine
            ? string.Create(CultureInfo.InvariantCulture, $"Fitted to {IngestionView.Count(result.Texts, "text")}: its vectors of them have a mean cosine of {cosine:F3} with the encoder's.\n")
            : "Made from the vocabulary alone; --docs or --texts fit it to texts, which makes it much better.\n");
        _screen.Out.Flush();
    }
}
