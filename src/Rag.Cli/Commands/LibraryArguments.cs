using System.CommandLine;
using System.Globalization;
using Rag.Hosting;
using Rag.Models.Packing;

namespace Rag.Cli.Commands;

/// <summary>The options that the commands share, and what becomes of them.</summary>
internal sealed class LibraryArguments
{
    private const int MaxTop = 1_000;
    private const int MaxAnswerTokens = 100_000;

    public Option<string> Docs { get; } = new("--docs") { HelpName = "DIR", Description = "The folder of documents.", Required = true };

    public Option<string?> Index { get; } = new("--index") { HelpName = "DIR", Description = "Where the index lives (default: DIR/.rag of the documents)." };

    public Option<int?> Top { get; } = Bounded(
        new("--top") { HelpName = "N", Description = "How many passages to retrieve.", DefaultValueFactory = _ => RagOptions.DefaultTop }, 1, MaxTop);

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object and nothing else on standard output." };

    public Option<string?> EmbeddingModel { get; } = new("--embedding-model")
    {
        HelpName = "MODEL", Description = "Sentence encoder: org/name, a folder, 'starter' (in the box), or 'none' for text search alone. Another one than the index has rebuilds it.",
    };

    public Option<string?> Reader { get; } = new("--reader")
    {
        HelpName = "MODEL", Description = "What orders passages and points at the answer: 'starter' (in the box, the default), org/name, a folder, or 'none'.",
    };

    public Option<bool> Rerank { get; } = new("--rerank") { Description = "Order what is found by the reader: good for questions, not for keywords." };

    public Option<string?> Model { get; } = new("--model") { HelpName = "MODEL", Description = "Language model that writes the answer: org/name or a folder." };

    public Option<WeightPrecision> Weights { get; } = WeightsOption.Create();

    public Option<double?> Temperature { get; } = Bounded<double?>(
        new("--temperature") { HelpName = "T", Description = "0 (the default) always takes the likeliest word." },
        "a number from 0 to 10",
        text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 10 ? value : null);

    public Option<int?> Seed { get; } = Bounded(
        new("--seed") { HelpName = "N", Description = "Makes a temperature above 0 repeatable." }, 0, int.MaxValue);

    public Option<int?> MaxTokens { get; } = Bounded(
        new("--max-tokens") { HelpName = "N", Description = "Longest answer, in tokens." }, 1, MaxAnswerTokens);

    public Option<bool> Offline { get; } = new("--offline") { Description = "Use only what is on this machine." };

    /// <summary>Adds what every command over documents has.</summary>
    public void AddIndexing(Command command)
    {
        command.Add(Index);
        command.Add(EmbeddingModel);
        command.Add(Offline);
        command.Add(Json);
    }

    /// <summary>Adds what writing an answer needs.</summary>
    public void AddAnswering(Command command)
    {
        command.Add(Model);
        command.Add(Weights);
        command.Add(Reader);
        command.Add(Temperature);
        command.Add(Seed);
        command.Add(MaxTokens);
    }

    /// <summary>The library's options as the command line has them.</summary>
    public RagOptions ToOptions(ParseResult parsed, string documents)
    {
        var options = new RagOptions
        {
            Documents = documents,
            IndexFolder = parsed.GetValue(Index),
            EmbeddingModel = parsed.GetValue(EmbeddingModel),
            ReaderModel = parsed.GetValue(Reader),
            RerankSearch = parsed.GetValue(Rerank),
            Offline = parsed.GetValue(Offline),
        };
        options.Top = parsed.GetValue(Top) ?? options.Top;
        options.ChatModel = parsed.GetValue(Model);
        options.ChatWeights = parsed.GetValue(Weights);
        options.Temperature = (float?)parsed.GetValue(Temperature) ?? options.Temperature;
        options.Seed = parsed.GetValue(Seed);
        options.MaxAnswerTokens = parsed.GetValue(MaxTokens) ?? options.MaxAnswerTokens;
        return options;
    }

    private static Option<int?> Bounded(Option<int?> option, int least, int most) => Bounded<int?>(
        option,
        string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? value : null);

    private static Option<T> Bounded<T>(Option<T> option, string range, Func<string, T> parse)
    {
        option.CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            T value = parse(text);
            if (value is null)
            {
                result.AddError($"{option.Name} takes {range}, not '{text}'.");
            }

            return value;
        };
        return option;
    }
}
