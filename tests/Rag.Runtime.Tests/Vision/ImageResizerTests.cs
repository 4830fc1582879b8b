using Rag.Runtime.Vision;

namespace Rag.Runtime.Tests.Vision;

public sealed class ImageResizerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resize_OfOneColour_KeepsIt(bool bicubic)
    {
        byte[] image = [.. Enumerable.Repeat((byte)77, 13 * 9 * 3)];
        foreach ((int height, int width) in ((int, int)[])[(4, 5), (30, 2), (9, 13), (27, 40)])
        {
            Assert.All(ImageResizer.Resize(image, 3, (13, 9), (height, width), bicubic), value => Assert.Equal(77, value));
        }
    }

    [Fact]
    public void Resize_ToTheSameSize_IsTheImage()
    {
        byte[] image = [.. Enumerable.Range(0, 60).Select(i => (byte)(4 * i))];
        Assert.Equal(image, ImageResizer.Resize(image, 3, (4, 5), (4, 5), bicubic: true));
    }

    [Fact]
    public void Resize_ToHalf_WeighsAsTheWidenedTriangleDoes()
    {
        // Support 2 around each centre: weights 3, 3, 1 of 7 at the edge, where the fourth is outside.
        Assert.Equal(
            [(byte)Math.Round(((3 * 10) + (3 * 20) + (1 * 200)) / 7.0), (byte)Math.Round(((1 * 20) + (3 * 200) + (3 * 90)) / 7.0)],
            ImageResizer.Resize([10, 20, 200, 90], 1, (1, 4), (1, 2), bicubic: false));
    }
}
