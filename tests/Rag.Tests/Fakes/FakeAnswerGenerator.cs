using System.Runtime.CompilerServices;
using Rag.Answering;
using Rag.Retrieval;

namespace Rag.Tests.Fakes;

/// <summary>Says the same to every question, in two pieces.</summary>
internal sealed class FakeAnswerGenerator(bool refuses = false, string? note = null) : IAnswerGenerator
{
    public string Name => "other";

    public int Asked { get; private set; }

    public async IAsyncEnumerable<AnswerPart> GenerateAsync(
        Question question, IReadOnlyList<RetrievedChunk> retrieved, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Asked++;
        await Task.Yield();
        yield return new AnswerPart { Text = "Something " };
        yield return new AnswerPart { Text = "else." };
        yield return new AnswerPart
        {
            Answer = new Answer
            {
                Text = "Something else.", Generator = Name, Refused = refuses, Citations = [], Retrieved = retrieved, Note = note,
                Timings = [new("other", TimeSpan.FromSeconds(1))],
            },
        };
    }
}
