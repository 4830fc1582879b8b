using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Hosting;
using Rag.Ingestion;

namespace Rag.Cli.Commands;

/// <summary>A library opened for one run of the tool, with its progress and its notices on standard error.</summary>
internal sealed class LibrarySession : IAsyncDisposable
{
    private readonly Screen _screen;

    private LibrarySession(Screen screen, DocumentLibrary library)
    {
        _screen = screen;
        Library = library;
    }

    public DocumentLibrary Library { get; }

    /// <summary>Opens the library and says what there is to say about its models.</summary>
    public static async Task<LibrarySession> OpenAsync(Screen screen, RagOptions options, CancellationToken cancellationToken)
    {
        DocumentLibrary library = await DocumentLibrary.OpenAsync(options, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (string notice in library.Notices)
        {
            screen.Note(notice);
        }

        return new LibrarySession(screen, library);
    }

    /// <summary>Brings the index up to date, showing how far it is.</summary>
    /// <exception cref="UnavailableException">The folder holds no document at all.</exception>
    public async Task<IngestionResult> IngestAsync(CancellationToken cancellationToken)
    {
        IngestionResult result = await IngestionProgressView.ShowAsync(
            _screen, progress => Library.IngestAsync(progress, cancellationToken)).ConfigureAwait(false);
        if (result is { Added: 0, Updated: 0, Unchanged: 0, Removed: 0, Failed.Count: 0 })
        {
            throw new UnavailableException($"There are no documents in '{Library.Documents}'.", Library.Documents);
        }

        return result;
    }

    /// <summary>Brings the index up to date before a question, in few words.</summary>
    /// <exception cref="UnavailableException">There is no text to search.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        IngestionResult result = await IngestAsync(cancellationToken).ConfigureAwait(false);
        IngestionView.ShowBrief(_screen, result);
        if (result.Chunks == 0)
        {
            throw new UnavailableException($"The documents in '{Library.Documents}' hold no text to search.", Library.Documents);
        }
    }

    public ValueTask DisposeAsync() => Library.DisposeAsync();
}
