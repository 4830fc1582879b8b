using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Models;
using Rag.Models.Facts;
using Rag.Models.Packing;
using Rag.Runtime.Precision;
using Rag.Runtime.Sessions;

namespace Rag.Cli.Commands;

/// <summary><c>rag models show MODEL</c>: what a model is and how it is run.</summary>
internal sealed class ShowModelCommand
{
    private const long MaxTextBytes = 16 << 20;
    private readonly Argument<string> _model = NamedModel.Argument();
    private readonly Option<WeightPrecision?> _weights = WeightsOption.Create(WeightPrecision.Auto);
    private readonly Option<bool> _loss = new("--loss") { Description = "Measure on a text what these weights lose against f32; once, then it is remembered." };
    private readonly Option<string?> _text = new("--text") { HelpName = "FILE", Description = "The text for --loss (default: a short one of many kinds)." };
    private readonly Screen _screen;
    private readonly Option<bool> _json;

    private ShowModelCommand(Screen screen, Option<bool> json) => (_screen, _json) = (screen, json);

    public static Command Create(Screen screen, Option<bool> json)
    {
        var show = new ShowModelCommand(screen, json);
        var command = new Command("show", "Says what a model is, how it is stored and how it is run.") { show._model, show._weights, show._loss, show._text };
        command.SetAction(show.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ModelFolder folder = NamedModel.Open(parsed.GetRequiredValue(_model));
        var runtime = new RuntimeOptions { Weights = parsed.GetValue(_weights) ?? WeightPrecision.Auto };
        string? text = parsed.GetValue(_text) is { } file ? ReadText(file) : null;
        ModelFacts facts = await Task.Run(() => ModelFacts.Read(folder), cancellationToken).ConfigureAwait(false);
        PrecisionLoss? loss = null;
        if (parsed.GetValue(_loss) || text is not null)
        {
            loss = await ActivityView.RunAsync(_screen, activity => Task.Run(
                () => ModelLoss.Measure(
                    folder,
                    text,
                    runtime,
                    progress: new MappedProgress<double, Activity>(activity, share => new Activity("comparing with f32", share, 1)),
                    packing: new MappedProgress<WeightPackingProgress, Activity>(activity, DownloadText.Describe),
                    cancellationToken: cancellationToken),
                cancellationToken)).ConfigureAwait(false);
        }

        WeightPrecision precision = runtime.Weights == WeightPrecision.Auto ? WeightPrecision.Int8 : runtime.Weights;
        PackingFacts? packing = facts.Kind == "decoder" && precision != WeightPrecision.Single
            ? await Task.Run(() => PackingFacts.Read(folder, precision, runtime.CacheDirectory), cancellationToken).ConfigureAwait(false)
            : null;
        ModelFactsJson shown = ModelFactsJson.From(facts, WeightsOption.NameOf(facts.Kind == "decoder" ? precision : WeightPrecision.Single), packing, loss);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_screen.Out, shown);
        }
        else
        {
            ModelFactsView.Show(_screen, shown);
        }

        return ExitCode.Answered;
    }

    private static string ReadText(string path)
    {
        FileInfo file = new(path);
        return !file.Exists ? throw new UnavailableException($"There is no file '{path}'.", path)
            : file.Length > MaxTextBytes ? throw new LimitExceededException(nameof(MaxTextBytes), MaxTextBytes, file.Length, path)
            : File.ReadAllText(path);
    }
}
