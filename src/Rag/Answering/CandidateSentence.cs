using Rag.Documents;

namespace Rag.Answering;

/// <summary>A sentence that may become the answer.</summary>
/// <param name="Source">Number of its passage, from 1.</param>
/// <param name="Document">Its document.</param>
/// <param name="Range">Where it stands in the document's text.</param>
/// <param name="Score">By words and passage; similarity is added where there is an embedder.</param>
/// <param name="Evidence">The share of the question that it has by itself, and similarity where there is an embedder.</param>
internal sealed record CandidateSentence(int Source, Document Document, TextRange Range, double Score, double Evidence)
{
    /// <summary>The sentence, verbatim.</summary>
    public string Text => Document.Text[Range.Start..Range.End];
}
