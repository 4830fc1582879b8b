using Rag.Index;

namespace Rag.Tests.Fakes;

/// <summary>A place for each letter, and a token for each word: sparse vectors and token vectors of 26 dimensions. Remembers what it was given.</summary>
internal sealed class FakeKindEncoder(string name = "fake-kinds") : ISparseEncoder, ILateInteractionEncoder
{
    public List<string> Texts { get; } = [];

    public List<string> Questions { get; } = [];

    public EmbeddingIdentity Identity { get; } = new(name, "01", "letters", 26, 256, Metric: VectorMetric.Dot);

    public static SparseVector Sparse(string text)
    {
        var counts = text.ToLowerInvariant().Where(char.IsAsciiLetter).CountBy(c => c - 'a').OrderBy(pair => pair.Key).ToArray();
        return new([.. counts.Select(pair => pair.Key)], [.. counts.Select(pair => (float)pair.Value)]);
    }

    public static MultiVector Tokens(string text) =>
        new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => FakeEmbedder.Letters(word).Select(value => MathF.Floor(value)))], 26);

    public ValueTask<IReadOnlyList<SparseVector>> EncodeAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        Texts.AddRange(texts);

        // A place that the model does not have, which no index can store.
        return new([.. texts.Select(text => text.Contains("SPOIL", StringComparison.Ordinal) ? new SparseVector([26], [1]) : Sparse(text))]);
    }

    public ValueTask<IReadOnlyList<MultiVector>> EncodeQuestionsAsync(IReadOnlyList<string> questions, CancellationToken cancellationToken = default)
    {
        Questions.AddRange(questions);
        return new([.. questions.Select(Tokens)]);
    }

    public ValueTask<IReadOnlyList<MultiVector>> EncodePassagesAsync(IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        Texts.AddRange(passages);
        return new([.. passages.Select(Tokens)]);
    }
}
