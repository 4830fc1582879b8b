using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Models.Hub;

namespace Rag.Cli.Commands;

/// <summary><c>rag models …</c>: the models on this machine.</summary>
internal static class ModelsCommand
{
    public static Command Create(Screen screen)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else on standard output.", Recursive = true };
        var name = new Argument<string>("MODEL") { Description = "org/name, or org/name@revision." };
        var list = new Command("list", "Lists the models in the cache.");
        list.SetAction(parsed => List(screen, parsed.GetValue(json)));
        var pull = new Command("pull", "Downloads a model from the Hugging Face hub, or brings it up to date.") { name };
        pull.SetAction((parsed, cancellationToken) => PullAsync(screen, parsed.GetRequiredValue(name), parsed.GetValue(json), cancellationToken));
        var where = new Command("where", "Says where models are kept.");
        where.SetAction(parsed => Where(screen, parsed.GetValue(json)));

        var models = new Command("models", "Lists, downloads, shows, checks and makes models.") { list, pull, where, DistillCommand.Create(screen, json) };
        models.Options.Add(json);
        models.Subcommands.Add(QuantizeCommand.Create(screen, json));
        models.Subcommands.Add(ShowModelCommand.Create(screen, json));
        models.Subcommands.Add(VerifyModelCommand.Create(screen, json));
        models.SetAction(parsed => List(screen, parsed.GetValue(json)));
        return models;
    }

    private static int List(Screen screen, bool json)
    {
        using var hub = new ModelHub();
        IReadOnlyList<CachedModel> models = hub.List();
        if (json)
        {
            JsonOutput.Write(screen.Out, new ModelListJson([.. models.Select(ModelJson.From)]));
            return ExitCode.Answered;
        }

        if (models.Count == 0)
        {
            screen.Out.Write("No models yet; 'rag models pull org/name' fetches one.\n");
        }
        else
        {
            ModelListView.Show(screen, hub, models);
        }

        return ExitCode.Answered;
    }

    private static async Task<int> PullAsync(Screen screen, string name, bool json, CancellationToken cancellationToken)
    {
        if (!ModelReference.TryParse(name, out ModelReference? reference))
        {
            screen.Error($"'{name}' is not a model's name such as org/name. Try 'rag models pull --help'.");
            return ExitCode.Usage;
        }

        using var hub = new ModelHub();
        CachedModel model = await ActivityView.RunAsync(screen, activity => hub.DownloadAsync(
            reference, new MappedProgress<ModelDownloadProgress, Activity>(activity, DownloadText.Describe), cancellationToken)).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(screen.Out, ModelJson.From(model));
        }
        else
        {
            screen.Out.Write($"{SafeText.Line(model.Repository)} ({DownloadText.Size(model.Bytes)}) is in {SafeText.Line(model.FolderPath)}\n");
        }

        return ExitCode.Answered;
    }

    private static int Where(Screen screen, bool json)
    {
        string folder = ModelHubOptions.FromEnvironment().CacheDirectory;
        if (json)
        {
            JsonOutput.Write(screen.Out, new ModelCacheJson(folder));
        }
        else
        {
            screen.Out.Write(SafeText.Line(folder) + "\n");
        }

        return ExitCode.Answered;
    }
}
