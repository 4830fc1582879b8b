using Rag.Documents;
using Rag.Retrieval;

namespace Rag.Prompting;

/// <summary>One source as the model sees it.</summary>
/// <param name="Number">The number by which the answer refers to it; its place among what was retrieved, from 1.</param>
/// <param name="Retrieved">The chunk.</param>
/// <param name="Range">The part of its document that is shown: the chunk's range, or its beginning where the whole did not fit.</param>
public sealed record PromptSource(int Number, RetrievedChunk Retrieved, TextRange Range)
{
    /// <summary>The text that is shown, verbatim.</summary>
    public string Text => Retrieved.Chunk.Text[..Range.Length];
}
