using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Evaluation.Collections;
using Rag.Evaluation.Retrieval;
using Rag.Index;
using Rag.Models.Packing;
using Rag.Retrieval;
using Rag.Runtime.Reading;
using Rag.Runtime.Reranking;

namespace Rag.Cli.Commands;

/// <summary><c>rag eval …</c>: how well this installation does on collections with known answers.</summary>
internal static class EvalCommand
{
    public static Command Create(Screen screen)
    {
        var paths = new Argument<string[]>("COLLECTION")
        {
            Description = "A folder in BEIR's or TREC's layout, or a SQuAD JSON file.", Arity = ArgumentArity.OneOrMore,
        };
        var model = new Option<string?>("--embedding-model") { HelpName = "MODEL", Description = "Sentence encoder: org/name, a folder, or 'starter' (in the box); without one, BM25 alone is measured." };
        Option<WeightPrecision?> weights = WeightsOption.ForEncoders();
        var reader = new Option<string?>("--reader") { HelpName = "MODEL", Description = "Also measures hybrid retrieval reranked by this reader: org/name, a folder, or 'starter' (in the box)." };
        var reranker = new Option<string?>("--reranker") { HelpName = "MODEL", Description = "Also measures hybrid retrieval reranked by this cross-encoder: org/name or a folder." };
        var queries = new Option<int?>("--queries") { HelpName = "N", Description = "Ask about N queries, evenly chosen (default: all)." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else on standard output." };
        var retrieval = new Command("retrieval", "Measures BM25, dense and hybrid retrieval, one uncut text per document.") { paths, model, weights, reader, reranker, queries, json };
        retrieval.SetAction((parsed, cancellationToken) => RunAsync(
            screen,
            parsed.GetRequiredValue(paths),
            parsed.GetValue(model),
            parsed.GetValue(weights) ?? WeightPrecision.Single,
            parsed.GetValue(reader),
            parsed.GetValue(reranker),
            parsed.GetValue(queries),
            parsed.GetValue(json),
            cancellationToken));
        return new Command("eval", "Measures retrieval and answers on collections with known answers.") { retrieval, EvalAnswersCommand.Create(screen) };
    }

    private static async Task<int> RunAsync(Screen screen, string[] paths, string? model, WeightPrecision weights, string? reader, string? reranker, int? queries, bool json, CancellationToken cancellationToken)
    {
        using IEmbeddingGenerator<string, Embedding<float>>? encoder = await MeasuredModels.OpenEncoderAsync(screen, model, weights, cancellationToken).ConfigureAwait(false);
        using SpanReader? spans = await MeasuredModels.OpenReaderAsync(screen, reader, cancellationToken).ConfigureAwait(false);
        using CrossEncoder? pairs = reranker is null ? null : CrossEncoder.Load(await MeasuredModels.ResolveAsync(screen, reranker, cancellationToken).ConfigureAwait(false));
        (string, IReranker)[] rerankers = [.. spans is null ? [] : ((string, IReranker)[])[("reranked", new ReadingReranker(spans))], .. pairs is null ? [] : ((string, IReranker)[])[("cross-encoder", pairs)]];
        using RememberingEmbedder? embedder = encoder is null ? null : new RememberingEmbedder(encoder);
        List<EvaluationJson> rows = [];
        foreach (string path in paths)
        {
            RetrievalCollection collection = await CollectionReader.ReadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
            collection = queries is { } wanted ? collection.Sample(wanted) : collection;
            rows.AddRange(await MeasureAsync(screen, collection, encoder, embedder, rerankers, cancellationToken).ConfigureAwait(false));
        }

        if (json)
        {
            JsonOutput.Write(screen.Out, new EvaluationListJson(rows));
        }
        else
        {
            EvaluationView.Show(screen, rows);
        }

        return ExitCode.Answered;
    }

    private static async Task<List<EvaluationJson>> MeasureAsync(
        Screen screen, RetrievalCollection collection, IEmbeddingGenerator<string, Embedding<float>>? encoder, RememberingEmbedder? embedder, (string Way, IReranker Reranker)[] rerankers, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rag-eval-");
        try
        {
            SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder.FullName, new ChunkIndexOptions(), cancellationToken).ConfigureAwait(false);
            await using (index.ConfigureAwait(false))
            {
                await ActivityView.RunAsync(screen, async activity =>
                {
                    var progress = new MappedProgress<int, Activity>(activity, done => new Activity($"{collection.Name}: storing documents", done, collection.Documents.Count));
                    await CollectionIndexer.FillAsync(collection, index, encoder, progress, cancellationToken).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
                List<EvaluationJson> rows = [];
                foreach (RetrievalMode mode in encoder is null ? [RetrievalMode.Bm25] : (RetrievalMode[])[RetrievalMode.Bm25, RetrievalMode.Dense, RetrievalMode.Hybrid])
                {
                    rows.Add(await MeasureAsync(new HybridRetriever(index, embedder, new HybridRetrieverOptions { Mode = mode }), Name(mode)).ConfigureAwait(false));
                }

                foreach ((string way, IReranker reranker) in rerankers)
                {
                    rows.Add(await MeasureAsync(new RerankingRetriever(new HybridRetriever(index, embedder), reranker, pool: 1), way).ConfigureAwait(false));
                }

                return rows;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<EvaluationJson> MeasureAsync(IRetriever retriever, string way)
        {
            RetrievalFigures figures = await ActivityView.RunAsync(screen, activity => RetrievalEvaluator.MeasureAsync(
                collection,
                retriever,
                new MappedProgress<int, Activity>(activity, done => new Activity($"{collection.Name}: {way}", done, collection.Queries.Count)),
                cancellationToken)).ConfigureAwait(false);
            return EvaluationJson.From(collection, way, figures);
        }
    }

    private static string Name(RetrievalMode mode) => mode.ToString().ToLower(CultureInfo.InvariantCulture);
}
