using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.ImageText;
using Rag.Runtime.Sessions;
using Rag.Runtime.Vision;
using Rag.Runtime.Vision.Png;

namespace Rag.Runtime.Verification;

/// <summary>The cases of a CLIP model's images: their vectors from stored pixels, in one batch and alone, and from files, and their likeness to the texts.</summary>
internal sealed class ImageCases(ModelFolder folder, ExpectedOutputs expected, VerificationOptions options, CancellationToken cancellationToken)
{
    public IEnumerable<VerificationCase> Run()
    {
        using OnnxImageSession session = OnnxImageSession.Load(folder, options.Runtime);
        int images = expected.ShapeOf("pixel_values") is [> 0 and <= int.MaxValue and var count, ..] ? (int)count : throw new CorruptException($"The tensor 'pixel_values' beside {expected.Path} is missing or holds no images.", expected.Path);
        float[] pixels = expected.Tensor("pixel_values", (long)images * session.PixelValues);
        float[] reference = expected.Tensor("image_embeds", (long)images * session.Width);
        float[] together = new float[reference.Length];
        session.Run(pixels, images, together, cancellationToken);
        yield return Compare("image vectors, batch", reference, together);
        yield return Compare("image vectors, alone", reference, [.. Enumerable.Range(0, images).SelectMany(i => Vector(session, pixels.AsSpan(i * session.PixelValues, session.PixelValues)))]);
        if (expected.Root.TryGetProperty("images", out _))
        {
            yield return Compare("image vectors of files", reference, [.. Pixels(session).SelectMany(file => Vector(session, file))]);
        }

        if (expected.ShapeOf("logits_per_image") is [_, > 0 and <= int.MaxValue and var texts])
        {
            yield return Likeness(session.Width, together, images, (int)texts);
        }
    }

    private float[] Vector(OnnxImageSession session, ReadOnlySpan<float> pixels)
    {
        float[] vector = new float[session.Width];
        session.Run(pixels, 1, vector, cancellationToken);
        return vector;
    }

    private IEnumerable<float[]> Pixels(OnnxImageSession session)
    {
        ImagePreprocessor preprocessor = new(ImageConfiguration.Read(folder.FolderPath), session.ImageSize, new ImageTextEncoderOptions().MaxResizedPixels, folder.FolderPath);
        foreach (string name in expected.Texts(expected.Root, "images"))
        {
            float[] pixels = new float[session.PixelValues];
            preprocessor.Write(PngReader.Read(FolderFile.Resolve(expected.FolderPath, name)), pixels);
            yield return pixels;
        }
    }

    // The model's factor, often 100, would multiply what the vectors differ by: cosines are compared.
    private VerificationCase Likeness(int width, float[] images, int count, int texts)
    {
        float[] reference = expected.Tensor("logits_per_image", (long)count * texts);
        float[] vectors = expected.Tensor("text_embeds", (long)texts * width);
        using SafetensorsFolder weights = folder.OpenWeights();
        float scale = MathF.Exp(weights.ReadSingles("logit_scale")[0]);
        TensorPrimitives.Divide(reference, scale, reference);
        float[] cosines = new float[reference.Length];
        for (int i = 0; i < cosines.Length; i++)
        {
            cosines[i] = TensorPrimitives.Dot(images.AsSpan(i / texts * width, width), vectors.AsSpan(i % texts * width, width));
        }

        return Compare("likeness of images and texts", reference, cosines);
    }

    private VerificationCase Compare(string name, float[] reference, float[] actual)
    {
        Comparison comparison = new(name, options.AllowedDifference);
        comparison.Add(reference, actual);
        return comparison.End();
    }
}
