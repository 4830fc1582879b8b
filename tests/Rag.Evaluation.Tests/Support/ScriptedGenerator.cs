using System.Runtime.CompilerServices;
using Rag.Answering;
using Rag.Retrieval;

namespace Rag.Evaluation.Tests.Support;

/// <summary>Answers as a script says, and remembers what it was shown.</summary>
internal sealed class ScriptedGenerator(Func<string, IReadOnlyList<RetrievedChunk>, ScriptedAnswer> script) : IAnswerGenerator
{
    public List<(string Question, string[] Documents)> Shown { get; } = [];

    public string Name => "scripted";

    public async IAsyncEnumerable<AnswerPart> GenerateAsync(
        Question question, IReadOnlyList<RetrievedChunk> retrieved, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        Shown.Add((question.Text, [.. retrieved.Select(found => found.Chunk.DocumentId)]));
        ScriptedAnswer answer = script(question.Text, retrieved);
        yield return new AnswerPart
        {
            Answer = new Answer
            {
                Text = answer.Text ?? Refusal.DefaultSentence,
                Generator = Name,
                Refused = answer.Text is null,
                Citations = answer.Quote is null ? [] : [Cite(retrieved, answer.Quote)],
                Retrieved = retrieved,
                Confidence = answer.Confidence,
            },
        };
    }

    private static Citation Cite(IReadOnlyList<RetrievedChunk> retrieved, string quote)
    {
        int source = retrieved.ToList().FindIndex(found => found.Chunk.Text.Contains(quote, StringComparison.Ordinal));
        Chunks.Chunk chunk = retrieved[source].Chunk;
        int start = chunk.Range.Start + chunk.Text.IndexOf(quote, StringComparison.Ordinal);
        return new Citation(chunk.DocumentId, null, new Documents.TextRange(start, start + quote.Length), quote, source + 1);
    }
}
