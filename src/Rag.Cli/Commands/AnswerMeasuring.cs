using Rag.Chunking;
using Rag.Chunks;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Documents;
using Rag.Evaluation.Answers;
using Rag.Evaluation.Articles;
using Rag.Hosting;
using Rag.Index;
using Rag.Ingestion;
using Rag.Retrieval;

namespace Rag.Cli.Commands;

/// <summary>Measures the whole way over one set of articles: files in a temporary folder, the ordinary pipelines, an index of its own.</summary>
internal sealed class AnswerMeasuring(Screen screen, ArticleSet set, AnswerParts parts, AnswerErrorFile? errors)
{
    /// <summary>A row for each way of retrieving, without and, where there is a reranker, with reranking.</summary>
    public async Task<List<AnswerEvaluationJson>> RunAsync(IReadOnlyList<RetrievalMode> modes, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rag-eval-");
        try
        {
            string documents = folder.CreateSubdirectory("documents").FullName;
            await ArticleFolder.WriteAsync(set.Articles, documents, cancellationToken).ConfigureAwait(false);
            SqliteChunkIndex store = await SqliteChunkIndex.OpenAsync(folder.CreateSubdirectory("index").FullName, new ChunkIndexOptions(), cancellationToken).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var index = new RememberingIndex(store);
                IngestionResult ingested = await IngestAsync(documents, index, cancellationToken).ConfigureAwait(false);
                AnswerParts remembering = parts.Remembering();
                List<AnswerEvaluationJson> rows = [];
                foreach (RetrievalMode mode in modes)
                {
                    foreach (bool reranked in parts.CreateReranker() is null ? [false] : (bool[])[false, true])
                    {
                        rows.Add(await MeasureAsync(index, remembering, mode, reranked, ingested, cancellationToken).ConfigureAwait(false));
                    }
                }

                return rows;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<IngestionResult> IngestAsync(string documents, RememberingIndex index, CancellationToken cancellationToken)
    {
        ITokenCounter counter = parts.Embedder?.GetService(typeof(ITokenCounter)) as ITokenCounter ?? new WordTokenCounter();
        var pipeline = new IngestionPipeline(
            new FolderSource(documents), DocumentReaders.CreateDefault(), new StructureChunker(counter, new ChunkingOptions()), parts.Embedder, index);
        IngestionResult result = await ActivityView.RunAsync(screen, activity => pipeline.RunAsync(
            new MappedProgress<IngestionProgress, Activity>(activity, done => new Activity($"{set.Name}: storing articles", done.Done, done.Total)),
            cancellationToken)).ConfigureAwait(false);
        return result.Failed.Count == 0
            ? result
            : throw new UnsupportedException($"{result.Failed.Count} of the {set.Articles.Count} articles of {set.Name} could not be stored; the first: {result.Failed[0].Error}", set.Name);
    }

    private async Task<AnswerEvaluationJson> MeasureAsync(
        RememberingIndex index, AnswerParts remembering, RetrievalMode mode, bool reranked, IngestionResult ingested, CancellationToken cancellationToken)
    {
        string way = $"{Name(mode)}{(reranked ? ", reranked" : "")}";
        AnswerMeasurement measurement = await ActivityView.RunAsync(screen, activity => AnswerEvaluator.MeasureAsync(
            set,
            Pipeline(index, remembering, mode, reranked).AskAsync,
            index,
            Pipeline(index, remembering with { Refuses = false }, mode, reranked).AskAsync,
            new MappedProgress<int, Activity>(activity, done => new Activity($"{set.Name}: {way}", done, AnswerEvaluator.CountQuestions(set, pressed: true))),
            cancellationToken)).ConfigureAwait(false);
        errors?.Write(set, way, measurement.Outcomes);

        // What is timed must not remember what was computed before.
        int timed = Math.Min(AnswerEvaluator.DefaultTimed, set.Answerable.Count);
        AnswerTimes times = await ActivityView.RunAsync(screen, activity => AnswerEvaluator.TimeAsync(
            set,
            Pipeline(index, parts.Sharing(), mode, reranked).AskAsync,
            progress: new MappedProgress<int, Activity>(activity, done => new Activity($"{set.Name}: {way}, taking the time", done, timed)),
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        string model = (parts.Embedder?.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity)?.Model ?? RagOptions.NoModel;
        return AnswerEvaluationJson.From(set, ingested, model, Name(mode), reranked, measurement.Figures, times);
    }

    private static AnswerPipeline Pipeline(RememberingIndex index, AnswerParts parts, RetrievalMode mode, bool reranked) => new(
        new HybridRetriever(index, parts.Embedder, new HybridRetrieverOptions { Mode = mode }),
        parts.CreateGenerator(index),
        new Answering.AnswerOptions { Top = RagOptions.DefaultTop, RerankPool = RagOptions.DefaultTop },
        reranker: reranked ? parts.CreateReranker() : null);

    private static string Name(RetrievalMode mode) => mode.ToString().ToLowerInvariant();
}
