using System.CommandLine;

namespace Rag.Cli.Commands;

/// <summary>Which index a command is about: --index names its folder, --docs the documents that have it below.</summary>
internal sealed class IndexLocation
{
    public Option<string?> Index { get; } = new("--index") { HelpName = "DIR", Description = "The folder of the index (default: DIR/.rag of the documents)." };

    public Option<string?> Docs { get; } = new("--docs") { HelpName = "DIR", Description = "The folder of documents." };

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object and nothing else on standard output." };

    /// <summary>Adds the options; a command line without a place is misunderstood.</summary>
    public Command AddTo(Command command)
    {
        command.Add(Docs);
        command.Add(Index);
        command.Add(Json);
        command.Validators.Add(result =>
        {
            if (string.IsNullOrEmpty(result.GetValue(Docs)) && string.IsNullOrEmpty(result.GetValue(Index)))
            {
                result.AddError("Say which index: --docs DIR or --index DIR.");
            }
        });
        return command;
    }

    /// <summary>The folder of the index, absolute.</summary>
    public string Folder(ParseResult parsed) =>
        Path.GetFullPath(parsed.GetValue(Index) is { Length: > 0 } folder ? folder : Path.Combine(parsed.GetValue(Docs)!, ".rag"));
}
