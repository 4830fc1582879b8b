using Rag.Chunks;
using Rag.Documents;
using Rag.Matching;

namespace Rag.Citations;

/// <summary>A chunk beside the document that holds it still, word for word.</summary>
internal sealed class StoredPassage(Chunk chunk, Document document)
{
    private List<PassageSentence>? _sentences;

    public Chunk Chunk => chunk;

    public Document Document => document;

    /// <summary>What can be quoted, in text order.</summary>
    public IReadOnlyList<PassageSentence> Sentences => _sentences ??= PassageSentences.Of(chunk, document);
}
