using Rag.Citations;
using Rag.Documents;
using Rag.Matching;
using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>What the tables and lists among the best passages have of a question.</summary>
/// <param name="Any">Whether there are any.</param>
/// <param name="Coverage">The greatest share of the question's weighted terms that one entry has, with the headings above it.</param>
internal readonly record struct EntryEvidence(bool Any, double Coverage)
{
    private const int Passages = 3;

    /// <summary>Looks at the first passages.</summary>
    public static async ValueTask<EntryEvidence> OfAsync(
        string question, IReadOnlyList<RetrievedChunk> retrieved, CitationVerifier verifier, CancellationToken cancellationToken)
    {
        HashSet<string> asked = Terms.ContentOf(question);
        TermWeights weights = new(asked, [.. retrieved.Select(item => Terms.Of(item.Chunk.IndexedText))]);
        EntryEvidence evidence = default;
        foreach (RetrievedChunk item in retrieved.Take(Passages))
        {
            if (await verifier.GetPassageAsync(item.Chunk, cancellationToken).ConfigureAwait(false) is not { Chunk: var chunk, Document: var document } stored)
            {
                continue;
            }

            TextRange heading = default;
            foreach (PassageSentence piece in stored.Sentences)
            {
                heading = piece.IsHeading ? piece.Range : heading;
                if (!piece.IsEntry)
                {
                    continue;
                }

                ReadOnlySpan<char> entry = piece.Range.Of(document.Text);
                bool bears = Terms.Of(entry).Overlaps(asked);
                evidence = new EntryEvidence(true, bears ? Math.Max(evidence.Coverage, weights.Coverage(EntryTerms.Of(entry, chunk.HeadingPath, heading.Of(document.Text)))) : evidence.Coverage);
            }
        }

        return evidence;
    }
}
