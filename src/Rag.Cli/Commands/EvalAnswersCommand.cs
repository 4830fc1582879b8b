using System.CommandLine;
using Microsoft.Extensions.AI;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Evaluation.Articles;
using Rag.Evaluation.Datasets;
using Rag.Models.Packing;
using Rag.Retrieval;
using Rag.Runtime.Reading;

namespace Rag.Cli.Commands;

/// <summary><c>rag eval answers FILE…</c>: how well questions with known answers are answered, the whole way from file to citation.</summary>
internal static class EvalAnswersCommand
{
    private const int DefaultQuestions = 1_000;
    private static readonly RetrievalMode[] Modes = [RetrievalMode.Bm25, RetrievalMode.Dense, RetrievalMode.Hybrid];

    public static Command Create(Screen screen)
    {
        var paths = new Argument<string[]>("FILE") { Description = "A question set in SQuAD's JSON form (SQuAD 1.1 and 2.0, KorQuAD 1.0), also gzipped.", Arity = ArgumentArity.OneOrMore };
        Option<int?> questions = new Option<int?>("--questions") { HelpName = "N", Description = "Ask N questions of each kind, evenly chosen.", DefaultValueFactory = _ => DefaultQuestions }.Bounded(1);
        var model = new Option<string?>("--embedding-model") { HelpName = "MODEL", Description = "Sentence encoder: org/name, a folder, 'starter' (in the box, the default), or 'none' for text search alone." };
        Option<WeightPrecision?> weights = WeightsOption.ForEncoders();
        var reader = new Option<string?>("--reader") { HelpName = "MODEL", Description = "Reader: org/name, a folder, 'starter' (in the box, the default), or 'none' for the best sentences." };
        var retrieval = new Option<RetrievalMode[]?>("--retrieval") { HelpName = "MODES", Description = "Some of bm25,dense,hybrid (default: all that the encoder allows).", CustomParser = ParseModes };
        var about = new Option<string?>("--about") { HelpName = "FILE", Description = "Ask only about the paragraphs that these lines of JSON list (title, paragraph), over the articles that have them." };
        var errors = new Option<string?>("--errors") { HelpName = "FILE", Description = "Write one line of JSON for each question that was not answered as it should have been." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else on standard output." };
        var command = new Command(
            "answers",
            "Measures the whole way: each article becomes a Markdown file, its questions are asked with it and without it.") { paths, questions, about, model, weights, reader, retrieval, errors, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            screen,
            parsed.GetRequiredValue(paths),
            parsed.GetValue(questions) ?? DefaultQuestions,
            parsed.GetValue(about),
            parsed.GetValue(model) ?? MeasuredModels.StarterName,
            parsed.GetValue(weights) ?? WeightPrecision.Single,
            parsed.GetValue(reader) ?? MeasuredModels.StarterName,
            parsed.GetValue(retrieval),
            parsed.GetValue(errors),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        Screen screen, string[] paths, int questions, string? about, string model, WeightPrecision weights, string reader, RetrievalMode[]? wanted, string? errorPath, bool json, CancellationToken cancellationToken)
    {
        // All of them first: a wrong path is no news for the end of a long run.
        List<ArticleSet> sets = [];
        foreach (string path in paths)
        {
            ArticleSet set = await SquadArticles.ReadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
            set = about is null ? set : set.About(await TrainingTexts.ReadParagraphListAsync(about, cancellationToken: cancellationToken).ConfigureAwait(false));
            sets.Add(set.Sample(questions));
        }

        using IEmbeddingGenerator<string, Embedding<float>>? encoder = await MeasuredModels.OpenEncoderAsync(screen, model, weights, cancellationToken).ConfigureAwait(false);
        RetrievalMode[] modes = wanted is { Length: > 0 } ? wanted : encoder is null ? [RetrievalMode.Bm25] : Modes;
        if (encoder is null && modes.Any(mode => mode != RetrievalMode.Bm25))
        {
            throw new ArgumentException("Dense and hybrid retrieval need an embedding model; name one with --embedding-model, or measure with --retrieval bm25.");
        }

        using SpanReader? spans = await MeasuredModels.OpenReaderAsync(screen, reader, cancellationToken).ConfigureAwait(false);
        double unrelated = encoder is null ? 0 : await SimilarityBaseline.MeasureAsync(encoder, cancellationToken).ConfigureAwait(false);
        using AnswerErrorFile? errors = errorPath is null ? null : new AnswerErrorFile(errorPath);
        List<AnswerEvaluationJson> rows = [];
        foreach (ArticleSet set in sets)
        {
            rows.AddRange(await new AnswerMeasuring(screen, set, new AnswerParts(encoder, spans, unrelated), errors).RunAsync(modes, cancellationToken).ConfigureAwait(false));
        }

        if (json)
        {
            JsonOutput.Write(screen.Out, new AnswerEvaluationListJson(rows));
        }
        else
        {
            AnswerEvaluationView.Show(screen, rows);
        }

        return ExitCode.Answered;
    }

    private static RetrievalMode[]? ParseModes(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        List<RetrievalMode> chosen = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            RetrievalMode mode = Modes.FirstOrDefault(mode => mode.ToString().Equals(name, StringComparison.OrdinalIgnoreCase), (RetrievalMode)(-1));
            if (!Enum.IsDefined(mode))
            {
                result.AddError($"--retrieval takes some of bm25,dense,hybrid, not '{text}'.");
                return null;
            }

            chosen.Add(mode);
        }

        return [.. Modes.Where(chosen.Contains)];
    }
}
