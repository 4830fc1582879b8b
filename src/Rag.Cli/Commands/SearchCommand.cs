using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Retrieval;

namespace Rag.Cli.Commands;

/// <summary><c>rag search "…" --docs DIR</c>: the passages that bear on a question.</summary>
internal static class SearchCommand
{
    public static Command Create(Screen screen) => QuestionCommand.Create(
        screen, "search", "Finds the passages that bear on a question.", answers: false, async (session, query, json, cancellationToken) =>
        {
            await session.PrepareSearchAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<RetrievedChunk> found = await session.Library.SearchAsync(query, scope: session.Scope, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (json)
            {
                JsonOutput.Write(screen.Out, SearchJson.From(found));
            }
            else
            {
                SearchView.Show(screen, found);
            }
        });
}
