using Rag.Answering;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Hosting;
using Rag.Index;
using Rag.Ingestion;
using Rag.Models.Hub;
using Rag.Models.Packing;

namespace Rag.Cli.Commands;

/// <summary>A library opened for one run of the tool, with its progress and its notices on standard error.</summary>
internal sealed class LibrarySession : IAsyncDisposable
{
    private readonly Screen _screen;
    private readonly DownloadRelay _downloads;
    private int _noticesShown;

    private LibrarySession(Screen screen, DocumentLibrary library, DownloadRelay downloads, SearchScope scope)
    {
        Scope = scope;
        _screen = screen;
        _downloads = downloads;
        Library = library;
    }

    public DocumentLibrary Library { get; }

    /// <summary>Of which documents questions are asked, and for whom.</summary>
    public SearchScope Scope { get; }

    /// <summary>Opens the library and says what there is to say about its encoder.</summary>
    public static async Task<LibrarySession> OpenAsync(Screen screen, RagOptions options, SearchScope scope, CancellationToken cancellationToken)
    {
        var downloads = new DownloadRelay();
        DocumentLibrary library = await ActivityView.RunAsync(screen, async activity =>
        {
            downloads.Target = activity;
            return await DocumentLibrary.OpenAsync(options, new RagComponents { DownloadProgress = downloads, PackingProgress = downloads }, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var session = new LibrarySession(screen, library, downloads, scope);
        session.ShowNotices();
        return session;
    }

    /// <summary>Brings the index up to date, showing how far it is.</summary>
    /// <exception cref="UnavailableException">The folder holds no document at all, or another process is writing the index.</exception>
    public async Task<IngestionResult> IngestAsync(CancellationToken cancellationToken)
    {
        IngestionResult result = await ActivityView.RunAsync(
            _screen, activity => Library.IngestAsync(Described(activity, names: true), cancellationToken)).ConfigureAwait(false);
        ShowNotices();
        RequireDocuments(result);
        return result;
    }

    /// <summary>Brings the index up to date before a question, in few words.</summary>
    /// <exception cref="UnavailableException">There is no text to search.</exception>
    public async Task PrepareSearchAsync(CancellationToken cancellationToken)
    {
        // Who asks for somebody, or of documents that are not for all, is not told of documents that are none of theirs.
        bool isOpen = Scope.Principal is null && !await Library.IsRestrictedAsync(cancellationToken).ConfigureAwait(false);
        IngestionResult? result = await ActivityView.RunAsync(
            _screen, activity => Library.TryIngestAsync(Described(activity, isOpen), cancellationToken)).ConfigureAwait(false);
        ShowNotices();
        if (result is null)
        {
            return;
        }

        RequireDocuments(result);
        if (isOpen)
        {
            IngestionView.ShowBrief(_screen, result);
        }

        if (result.Chunks == 0)
        {
            throw new UnavailableException($"The documents in '{Library.Documents}' hold no text to search.", Library.Documents);
        }
    }

    /// <summary>As <see cref="PrepareSearchAsync"/>, and loads what writes answers.</summary>
    public async Task PrepareAnswersAsync(CancellationToken cancellationToken)
    {
        await PrepareSearchAsync(cancellationToken).ConfigureAwait(false);
        await ActivityView.RunAsync(_screen, async activity =>
        {
            _downloads.Target = activity;
            await Library.WarmUpAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        ShowNotices();
    }

    /// <summary>Answers a question on the screen, as the text comes.</summary>
    public async Task<Answer> ShowAnswerAsync(Question question, CancellationToken cancellationToken)
    {
        var view = new AnswerView(_screen);
        Answer? answer = null;
        try
        {
            await foreach (AnswerPart part in Library.StreamAsync(question, cancellationToken).ConfigureAwait(false))
            {
                if (part.Text is { } text)
                {
                    view.Add(text);
                }

                answer = part.Answer ?? answer;
            }
        }
        catch
        {
            view.Break();
            throw;
        }

        view.End(answer ?? throw new InvalidOperationException("The answer has no last part."));
        return answer;
    }

    public ValueTask DisposeAsync() => Library.DisposeAsync();

    private static MappedProgress<IngestionProgress, Activity> Described(IProgress<Activity> activity, bool names) =>
        new(activity, progress => names ? new Activity($"indexing {progress.Document}", progress.Done, progress.Total) : new Activity("indexing", 0, null));

    private void RequireDocuments(IngestionResult result)
    {
        if (result is { Added: 0, Updated: 0, Unchanged: 0, Removed: 0, Failed.Count: 0 })
        {
            throw new UnavailableException($"There are no documents in '{Library.Documents}'.", Library.Documents);
        }
    }

    private void ShowNotices()
    {
        IReadOnlyList<string> notices = Library.Notices;
        for (; _noticesShown < notices.Count; _noticesShown++)
        {
            _screen.Note(notices[_noticesShown]);
        }
    }

    /// <summary>Leads downloads and packing to whatever shows activity at the time.</summary>
    private sealed class DownloadRelay : IProgress<ModelDownloadProgress>, IProgress<WeightPackingProgress>
    {
        public IProgress<Activity>? Target { get; set; }

        public void Report(ModelDownloadProgress value) => Target?.Report(DownloadText.Describe(value));

        public void Report(WeightPackingProgress value) => Target?.Report(DownloadText.Describe(value));
    }
}
