using System.CommandLine;
using System.Globalization;
using Rag.Hosting;
using Rag.Index;
using Rag.Index.Filters;
using Rag.Models.Packing;

namespace Rag.Cli.Commands;

/// <summary>The options that the commands share, and what becomes of them.</summary>
internal sealed class LibraryArguments
{
    private const int MaxTop = 1_000;
    private const int MaxAnswerTokens = 100_000;

    public Option<string> Docs { get; } = new("--docs") { HelpName = "DIR", Description = "The folder of documents.", Required = true };

    public Option<string?> Index { get; } = new("--index") { HelpName = "DIR", Description = "Where the index lives (default: DIR/.rag of the documents)." };

    public Option<int?> Top { get; } =
        new Option<int?>("--top") { HelpName = "N", Description = "How many passages to retrieve.", DefaultValueFactory = _ => RagOptions.DefaultTop }.Bounded(1, MaxTop);

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object and nothing else on standard output." };

    public Option<string?> EmbeddingModel { get; } = new("--embedding-model")
    {
        HelpName = "MODEL", Description = "Sentence encoder: org/name, a folder, 'starter' (in the box), or 'none' for text search alone. Another one than the index has rebuilds it.",
    };

    public Option<WeightPrecision?> EmbeddingWeights { get; } = WeightsOption.ForEncoders();

    public Option<string?> EmbeddingCache { get; } = new("--embedding-cache") { HelpName = "FILE", Description = "Remember vectors in this file, for other indexes and for when this one is built anew." };

    public Option<string?> Device { get; } = DeviceOption.Create();

    public Option<string?> Reader { get; } = new("--reader")
    {
        HelpName = "MODEL", Description = "What orders passages and points at the answer: 'starter' (in the box, the default), org/name, a folder, or 'none'.",
    };

    public Option<string?> Reranker { get; } = new("--reranker")
    {
        HelpName = "MODEL", Description = "Cross-encoder that orders passages in the reader's place: org/name or a folder (default: none).",
    };

    public Option<bool> Rerank { get; } = new("--rerank") { Description = "Order what is found by the reader: good for questions, not for keywords." };

    public Option<string?> Model { get; } = new("--model") { HelpName = "MODEL", Description = "Language model that writes the answer: org/name or a folder." };

    public Option<WeightPrecision?> Weights { get; } = WeightsOption.Create(WeightPrecision.Auto);

    public Option<bool> Quotes { get; } = new("--quotes") { Description = "Hold the language model to quotes of the documents, word for word." };

    public Option<double?> Temperature { get; } =
        new Option<double?>("--temperature") { HelpName = "T", Description = "0 (the default) always takes the likeliest word." }.Parsed(
            "a number from 0 to 10",
            text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 10 ? value : null);

    public Option<int?> Seed { get; } =
        new Option<int?>("--seed") { HelpName = "N", Description = "Makes a temperature above 0 repeatable." }.Bounded(0);

    public Option<int?> MaxTokens { get; } =
        new Option<int?>("--max-tokens") { HelpName = "N", Description = "Longest answer, in tokens." }.Bounded(1, MaxAnswerTokens);

    public Option<MetadataFilter?> Where { get; } = WhereOption.Create();

    public Option<string[]> As { get; } = new("--as")
    {
        HelpName = "NAME", Description = "Read as this user or group; may be given several times (default: what is open to all).", Arity = ArgumentArity.ZeroOrMore,
    };

    public Option<string?> Access { get; } = new("--access")
    {
        HelpName = "FILE", Description = "Who may read what: JSON such as { \"board/**\": [\"board\"], \"**\": [\"*\"] }; the index keeps to it until another is named.",
    };

    public Option<bool> Protect { get; } = new("--protect") { Description = "Show nothing to who is not named (--as), nor what names nobody; the index stays so." };

    public Option<bool> Offline { get; } = new("--offline") { Description = "Use only what is on this machine." };

    /// <summary>Adds what every command over documents has.</summary>
    public void AddIndexing(Command command)
    {
        command.Add(Index);
        command.Add(EmbeddingModel);
        command.Add(EmbeddingWeights);
        command.Add(EmbeddingCache);
        command.Add(Device);
        command.Add(Offline);
        command.Add(Json);
    }

    /// <summary>Adds what says who may read documents.</summary>
    public void AddAccess(Command command)
    {
        command.Add(Access);
        command.Add(Protect);
    }

    /// <summary>Adds what says of which documents a question is asked.</summary>
    public void AddScope(Command command)
    {
        command.Add(Where);
        command.Add(As);
    }

    /// <summary>Of which documents a question is asked, and for whom.</summary>
    public SearchScope ToScope(ParseResult parsed) =>
        new(parsed.GetValue(Where), parsed.GetValue(As) is { Length: > 0 } names ? new Principal(names) : null);

    /// <summary>Adds what writing an answer needs.</summary>
    public void AddAnswering(Command command)
    {
        command.Add(Model);
        command.Add(Weights);
        command.Add(Quotes);
        command.Add(Reader);
        command.Add(Reranker);
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
            EmbeddingWeights = parsed.GetValue(EmbeddingWeights),
            EmbeddingCache = parsed.GetValue(EmbeddingCache),
            ReaderModel = parsed.GetValue(Reader),
            RerankerModel = parsed.GetValue(Reranker),
            RerankSearch = parsed.GetValue(Rerank),
            Offline = parsed.GetValue(Offline),
            AccessFile = parsed.GetValue(Access),
        };
        options.Ingestion.Protect = parsed.GetValue(Protect);
        options.Top = parsed.GetValue(Top) ?? options.Top;
        options.ChatModel = parsed.GetValue(Model);
        options.Device = parsed.GetValue(Device) ?? options.Device;
        options.ChatWeights = parsed.GetValue(Weights) ?? WeightPrecision.Auto;
        options.QuotedAnswers = parsed.GetValue(Quotes);
        options.Temperature = (float?)parsed.GetValue(Temperature) ?? options.Temperature;
        options.Seed = parsed.GetValue(Seed);
        options.MaxAnswerTokens = parsed.GetValue(MaxTokens) ?? options.MaxAnswerTokens;
        return options;
    }
}
