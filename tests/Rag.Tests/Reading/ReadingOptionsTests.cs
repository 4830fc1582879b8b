using Rag.Reading;

namespace Rag.Tests.Reading;

public sealed class ReadingOptionsTests
{
    [Fact]
    public void Defaults_and_bounds_are_valid()
    {
        new ReadingOptions().Validate();
        new ReadingOptions { MaxPassages = 1, RetrievalWeight = 0 }.Validate();
    }

    [Theory]
    [InlineData(0, 12, "MaxPassages")]
    [InlineData(8, -.1, "RetrievalWeight")]
    [InlineData(8, double.NaN, "RetrievalWeight")]
    [InlineData(8, double.PositiveInfinity, "RetrievalWeight")]
    public void A_value_out_of_range_is_named(int passages, double weight, string option) =>
        Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(new ReadingOptions { MaxPassages = passages, RetrievalWeight = weight }.Validate).ParamName);
}
