using System.Numerics.Tensors;
using Rag.Runtime.ImageText;
using Rag.Runtime.Vision;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Heads;

public sealed class ImageTextEncoderTests : IDisposable
{
    private static readonly string[] Texts = ["a photo of fire", "sea", "", "keeper of a sea", "of of of of of of of of of of of of of of of of of of of of"];
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Encode_TextsAndImages_GivesUnitVectorsThatDoNotDependOnTheOthers()
    {
        TinyClip.Write(_folder.FolderPath);
        using ImageTextEncoder model = ImageTextEncoder.Load(_folder.FolderPath, new ImageTextEncoderOptions { BatchImages = 2 });
        Assert.Equal(MathF.Exp(2), model.Scale, 1e-4f);
        IReadOnlyList<float[]> texts = model.EncodeTexts(Texts, TestContext.Current.CancellationToken);
        Assert.All(Texts.Zip(texts), pair => Same(model.EncodeTexts([pair.First], TestContext.Current.CancellationToken)[0], pair.Second));
        PixelImage[] pictures = [Picture(8, 8, 1), Picture(30, 11, 2), Picture(3, 40, 3)];
        IReadOnlyList<float[]> images = model.EncodeImages(pictures, TestContext.Current.CancellationToken);
        Assert.All(pictures.Zip(images), pair => Same(model.EncodeImages([pair.First], TestContext.Current.CancellationToken)[0], pair.Second));
        Assert.All([.. texts, .. images], vector =>
        {
            Assert.Equal(model.Dimensions, vector.Length);
            Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 1e-5f);
        });
        Assert.True(HeadFixture.Worst(images[0], images[1]) > 1e-3f && HeadFixture.Worst(texts[0], texts[1]) > 1e-3f);
        Assert.Empty(model.EncodeImages([], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Encode_Opacity_IsLeftAside()
    {
        TinyClip.Write(_folder.FolderPath);
        using ImageTextEncoder model = ImageTextEncoder.Load(_folder.FolderPath);
        byte[] clear = Picture(8, 8, 1).Pixels.ToArray();
        for (int i = 3; i < clear.Length; i += 4)
        {
            clear[i] = 0;
        }

        Same(model.EncodeImages([Picture(8, 8, 1)], TestContext.Current.CancellationToken)[0], model.EncodeImages([new PixelImage(8, 8, clear)], TestContext.Current.CancellationToken)[0]);
    }

    [Fact]
    public void Load_FilesThatDoNotFit_SaysWhy()
    {
        TinyClip.Write(_folder.FolderPath, preprocessor: "\"size\": 16, \"crop_size\": 16");
        Assert.Contains("8 x 8", Assert.Throws<IncompatibleException>(() => ImageTextEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        TinyClip.Write(_folder.FolderPath, preprocessor: "\"resample\": 1");
        Assert.Contains("resample 1", Assert.Throws<UnsupportedException>(() => ImageTextEncoder.Load(_folder.FolderPath)).Message, StringComparison.Ordinal);
        TinyClip.Write(_folder.FolderPath, preprocessor: "\"size\": 8, \"crop_size\": 8, \"image_std\": [1, 0, 1]");
        Assert.Throws<CorruptException>(() => ImageTextEncoder.Load(_folder.FolderPath));
        File.Delete(Path.Combine(_folder.FolderPath, "preprocessor_config.json"));
        Assert.Throws<UnavailableException>(() => ImageTextEncoder.Load(_folder.FolderPath));
        TinyBert.Write(_folder.FolderPath);
        File.WriteAllText(Path.Combine(_folder.FolderPath, "preprocessor_config.json"), "{}");
        Assert.ThrowsAny<RagException>(() => ImageTextEncoder.Load(_folder.FolderPath));
    }

    [Fact]
    public void EncodeImages_LongThinOrCancelledOrDisposed_Throws()
    {
        TinyClip.Write(_folder.FolderPath);
        ImageTextEncoder model = ImageTextEncoder.Load(_folder.FolderPath, new ImageTextEncoderOptions { MaxResizedPixels = 1000 });
        Assert.Equal(
            nameof(ImageTextEncoderOptions.MaxResizedPixels),
            Assert.Throws<LimitExceededException>(() => model.EncodeImages([Picture(2, 900, 1)], TestContext.Current.CancellationToken)).LimitName);
        Assert.ThrowsAny<OperationCanceledException>(() => model.EncodeImages([Picture(8, 8, 1)], new CancellationToken(canceled: true)));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.EncodeImages([Picture(8, 8, 1)], TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(() => model.EncodeTexts(["sea"], TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();

    private static PixelImage Picture(int width, int height, int seed)
    {
        byte[] pixels = new byte[4 * width * height];
        new Random(seed).NextBytes(pixels);
        return new PixelImage(width, height, pixels);
    }

    private static void Same(float[] expected, float[] actual) => Assert.InRange(HeadFixture.Worst(expected, actual), 0, 1e-5f);
}
