using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Retrieval;

public sealed class SimilarityBaselineTests
{
    private static bool Asks(string text) => text.Contains('?', StringComparison.Ordinal);

    [Fact]
    public async Task An_encoder_that_knows_one_vector_is_bounded() =>
        Assert.Equal(.95, await SimilarityBaseline.MeasureAsync(new FakeEmbedder(_ => [1, 2], 2)));

    [Fact]
    public async Task The_cosine_between_questions_and_texts_is_meant()
    {
        FakeEmbedder embedder = new(text => Asks(text) ? [1, 0] : [3, 4], 2);
        Assert.Equal(.6, await SimilarityBaseline.MeasureAsync(embedder), 6);
    }

    [Fact]
    public async Task Half_of_the_texts_alike_is_half()
    {
        int texts = 0;
        FakeEmbedder embedder = new(text => Asks(text) || texts++ % 2 == 0 ? [1, 0] : [0, 1], 2);
        Assert.Equal(.5, await SimilarityBaseline.MeasureAsync(embedder), 6);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(float.NaN)]
    public async Task Opposite_zero_and_broken_vectors_are_none(float value) =>
        Assert.Equal(0, await SimilarityBaseline.MeasureAsync(new FakeEmbedder(text => [Asks(text) ? 1 : value], 1)));

    [Fact]
    public async Task Vectors_of_unequal_length_are_none() =>
        Assert.Equal(0, await SimilarityBaseline.MeasureAsync(new FakeEmbedder(text => Asks(text) ? [1] : [1, 1], 2)));

    [Fact]
    public async Task Prefixes_are_those_of_a_search()
    {
        FakeEmbedder embedder = new() { Identity = FakeEmbedder.IdentityOf(26) with { QueryPrefix = "query: ", DocumentPrefix = "passage: " } };
        await SimilarityBaseline.MeasureAsync(embedder);
        Assert.Equal(12, embedder.Texts.Count);
        Assert.All(embedder.Texts, text => Assert.StartsWith(Asks(text) ? "query: " : "passage: ", text, StringComparison.Ordinal));
        Assert.Equal(6, embedder.Texts.Count(Asks));
    }

    [Fact]
    public async Task An_encoder_without_an_identity_gets_no_prefix()
    {
        FakeEmbedder embedder = new() { Identity = null };
        await SimilarityBaseline.MeasureAsync(embedder);
        Assert.Equal("When was the lighthouse built?", embedder.Texts[0]);
    }
}
