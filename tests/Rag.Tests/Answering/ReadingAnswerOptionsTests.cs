using Rag.Answering;
using Rag.Reading;

namespace Rag.Tests.Answering;

public sealed class ReadingAnswerOptionsTests
{
    [Fact]
    public void Defaults_and_bounds_are_valid()
    {
        new ReadingAnswerOptions().Validate();
        new ReadingAnswerOptions { MinConfidence = -100, MinMargin = 100, SimilarityWeight = 0, UnrelatedSimilarity = .999, MaxQuoteCharacters = 16 }.Validate();
        new ReadingAnswerOptions { UnrelatedSimilarity = -.1 }.Validate();
    }

    public static TheoryData<string, ReadingAnswerOptions> Broken => new()
    {
        { "Reading", new() { Reading = null! } },
        { "MaxPassages", new() { Reading = new ReadingOptions { MaxPassages = 0 } } },
        { "MaxQuoteCharacters", new() { MaxQuoteCharacters = 15 } },
        { "RefusalSentence", new() { RefusalSentence = " " } },
        { "SimilarityWeight", new() { SimilarityWeight = -1 } },
        { "UnrelatedSimilarity", new() { UnrelatedSimilarity = 1 } },
        { "MinConfidence", new() { UnrelatedSimilarity = double.NaN } },
        { "MinConfidence", new() { MinMargin = double.NegativeInfinity } },
        { "MinConfidence", new() { MinConfidence = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_value_out_of_range_is_named(string option, ReadingAnswerOptions options) =>
        Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(options.Validate).ParamName);

    [Theory]
    [InlineData(1)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Extractive_UnrelatedSimilarityThatScalesNothing_IsNamed(double value) =>
        Assert.Equal("UnrelatedSimilarity", Assert.ThrowsAny<ArgumentException>(new ExtractiveAnswerOptions { UnrelatedSimilarity = value }.Validate).ParamName);
}
