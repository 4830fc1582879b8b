using System.CommandLine;
using System.Globalization;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Models.Packing;
using Rag.Runtime.Verification;

namespace Rag.Cli.Commands;

/// <summary><c>rag models verify MODEL</c>: whether a model gives what is expected of it.</summary>
internal sealed class VerifyModelCommand
{
    private readonly Argument<string> _model = NamedModel.Argument();
    private readonly Option<WeightPrecision?> _weights = WeightsOption.Create(WeightPrecision.Single);
    private readonly Option<double?> _tolerance = new("--tolerance") { HelpName = "X", Description = "The greatest difference that is allowed (default: 0.0001; 0.0005 for the logits of a masked language model)." };
    private readonly Screen _screen;
    private readonly Option<bool> _json;

    private VerifyModelCommand(Screen screen, Option<bool> json) => (_screen, _json) = (screen, json);

    public static Command Create(Screen screen, Option<bool> json)
    {
        var verify = new VerifyModelCommand(screen, json);
        verify._tolerance.CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value >= 0)
            {
                return value;
            }

            result.AddError($"--tolerance takes a number from 0, not '{text}'.");
            return null;
        };
        var command = new Command("verify", "Compares a model with expected outputs beside it, and with the hashes that the hub named.") { verify._model, verify._weights, verify._tolerance };
        command.SetAction(verify.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string folder = NamedModel.Open(parsed.GetRequiredValue(_model)).FolderPath;
        var options = new VerificationOptions();
        options.Runtime.Weights = parsed.GetValue(_weights) ?? WeightPrecision.Single;
        options.Tolerance = parsed.GetValue(_tolerance);
        VerificationResult result = await ActivityView.RunAsync(_screen, activity => Task.Run(
            () => ModelVerifier.VerifyAsync(
                folder,
                options,
                new MappedProgress<string, Activity>(activity, name => new Activity($"compared {name}", 0, null)),
                new MappedProgress<WeightPackingProgress, Activity>(activity, DownloadText.Describe),
                cancellationToken),
            cancellationToken)).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_screen.Out, VerificationJson.From(result));
        }
        else
        {
            VerificationView.Show(_screen, result);
        }

        return result.Passed ? ExitCode.Answered : ExitCode.Failed;
    }
}
