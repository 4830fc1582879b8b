using Rag.Models.Architectures.Heads;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Sessions;
using Rag.Runtime.Vision;
using Rag.Runtime.Vision.Png;

namespace Rag.Runtime.Tests.Heads;

/// <summary>Both towers of the CLIP fixtures against the reference implementation.</summary>
public sealed class ClipFixtureTests(ITestOutputHelper output)
{
    private const float Tolerance = 1e-4f;
    private static readonly RuntimeOptions Runtime = new() { Threads = 1 };

    public static TheoryData<string> Folders => HeadFixture.Where(fixture => fixture.Has("image_embeds"));

    [Theory]
    [MemberData(nameof(Folders))]
    public void TextTower_GivesTheReferenceVectorsBatchedAndAlone(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using OnnxHeadSession session = OnnxHeadSession.Load(fixture.Model, HeadKind.TextVector, Runtime);
        long[] ids = fixture.Integers("input_ids"), mask = fixture.Integers("attention_mask");
        (int batch, int sequence) = ((int)fixture.Shape("input_ids")[0], (int)fixture.Shape("input_ids")[1]);
        float[] together = new float[batch * session.Width];
        session.Run(ids, new long[ids.Length], mask, batch, sequence, together, TestContext.Current.CancellationToken);
        float worst = HeadFixture.Worst(fixture.Singles("text_embeds"), together);
        for (int row = 0; row < batch; row++)
        {
            long[] one = fixture.Row("input_ids", row);
            float[] alone = new float[session.Width];
            session.Run(one, new long[one.Length], [.. Enumerable.Repeat(1L, one.Length)], 1, one.Length, alone, TestContext.Current.CancellationToken);
            worst = Math.Max(worst, HeadFixture.Worst(fixture.Singles($"alone.{row}.text_embeds"), alone));
        }

        output.WriteLine($"max difference {worst:e1}");
        Assert.InRange(worst, 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void TextTower_WithoutParts_GivesTheReferenceStates(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using SafetensorsFolder weights = fixture.Model.OpenWeights();
        NetworkDescription text = ClipTowers.Text(fixture.Model.Configuration, weights);
        long[] ids = fixture.Integers("input_ids"), mask = fixture.Integers("attention_mask");
        (int batch, int sequence) = ((int)fixture.Shape("input_ids")[0], (int)fixture.Shape("input_ids")[1]);

        // What the oldest files say: the end is the largest id.
        foreach (int? end in (int?[])[text.EncoderHead!.EndToken, null])
        {
            HeadDescription pooled = text.EncoderHead with { EndToken = end, Layers = [], Finish = HeadFinish.None, Width = text.HiddenSize };
            float[] vectors = new float[batch * text.HiddenSize];
            Run(text with { EncoderHead = pooled }, weights, ids, mask, batch, sequence, vectors);
            Assert.InRange(HeadFixture.Worst(fixture.Singles("text.pooler_output"), vectors), 0, Tolerance);
        }

        float[] states = new float[ids.Length * text.HiddenSize], expected = fixture.Singles("text.last_hidden_state");
        Run(text with { EncoderHead = text.EncoderHead with { Tokens = HeadTokens.Every, Layers = [], Finish = HeadFinish.None, Width = text.HiddenSize } }, weights, ids, mask, batch, sequence, states);
        for (int row = 0; row < batch; row++)
        {
            Range real = (row * sequence * text.HiddenSize)..(((row * sequence) + fixture.Lengths[row]) * text.HiddenSize);
            Assert.InRange(HeadFixture.Worst(expected.AsSpan(real), states.AsSpan(real)), 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void ImageTower_OnTheStoredPixels_GivesTheReferenceVectors(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using OnnxImageSession session = OnnxImageSession.Load(fixture.Model, Runtime);
        float[] pixels = fixture.Singles("pixel_values"), expected = fixture.Singles("image_embeds");
        int images = (int)fixture.Shape("pixel_values")[0];
        float[] vectors = new float[expected.Length];
        session.Run(pixels, images, vectors, TestContext.Current.CancellationToken);
        float worst = HeadFixture.Worst(expected, vectors);
        for (int i = 0; i < images; i++)
        {
            float[] alone = new float[session.Width];
            session.Run(pixels.AsSpan(i * session.PixelValues, session.PixelValues), 1, alone, TestContext.Current.CancellationToken);
            worst = Math.Max(worst, HeadFixture.Worst(expected.AsSpan(i * session.Width, session.Width), alone));
        }

        output.WriteLine($"max difference {worst:e1}");
        Assert.InRange(worst, 0, Tolerance);
        float[] text = fixture.Singles("text_embeds"), logits = fixture.Singles("logits_per_image");
        using SafetensorsFolder weights = fixture.Model.OpenWeights();
        float scale = MathF.Exp(weights.ReadSingles("logit_scale")[0]);
        int texts = logits.Length / images;
        for (int i = 0; i < logits.Length; i++)
        {
            Assert.Equal(logits[i], scale * System.Numerics.Tensors.TensorPrimitives.Dot(vectors.AsSpan(i / texts * session.Width, session.Width), text.AsSpan(i % texts * session.Width, session.Width)), 1e-3f);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void ImageTower_WithoutParts_GivesTheReferenceStates(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using SafetensorsFolder weights = fixture.Model.OpenWeights();
        NetworkDescription image = ClipTowers.Image(fixture.Model.Configuration, weights);
        HeadDescription normed = image.EncoderHead! with { Layers = [image.EncoderHead.Layers[0]], Finish = HeadFinish.None, Width = image.HiddenSize };
        foreach ((string tensor, HeadDescription? head) in ((string, HeadDescription?)[])[("vision.pooler_output", normed), ("vision.last_hidden_state", null)])
        {
            ModelGraph graph = GraphWriter.Write(image with { EncoderHead = head }, weights);
            using SharedSession session = SharedSession.Load(graph, Runtime, fixture.FolderPath);
            using Microsoft.ML.OnnxRuntime.OrtValue pixels = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(fixture.Singles("pixel_values"), fixture.Shape("pixel_values"));
            using Microsoft.ML.OnnxRuntime.RunOptions options = new();
            using var results = session.Session.Run(options, [GraphNames.PixelValues], [pixels], [head is null ? GraphNames.LastHiddenState : GraphNames.HeadOutput]);
            Assert.InRange(HeadFixture.Worst(fixture.Singles(tensor), results[0].GetTensorDataAsSpan<float>()), 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Preprocessor_FromPngs_GivesTheReferencePixels(string name)
    {
        using HeadFixture fixture = HeadFixture.Open(name);
        using OnnxImageSession session = OnnxImageSession.Load(fixture.Model, Runtime);
        ImagePreprocessor preprocessor = new(ImageConfiguration.Read(fixture.FolderPath), session.ImageSize, 1_000_000, fixture.FolderPath);
        float[] expected = fixture.Singles("pixel_values");
        string[] files = fixture.Texts("images");
        for (int i = 0; i < files.Length; i++)
        {
            PixelImage image = PngReader.Read(Path.Combine(fixture.FolderPath, files[i]));
            int[] size = fixture.Integers(fixture.Json("image_sizes_wh")[i]);
            Assert.Equal((size[0], size[1]), (image.Width, image.Height));
            string stored = $"{Path.GetFileNameWithoutExtension(files[i])}.rgb_u8";
            if (fixture.Has(stored))
            {
                Assert.Equal(fixture.Bytes(stored), image.Pixels.ToArray().Chunk(PixelImage.Channels).SelectMany(pixel => pixel.Take(3)));
            }

            float[] numbers = new float[session.PixelValues];
            preprocessor.Write(image, numbers);

            // One step of 255 is about .015 here: not even one of rounding.
            float worst = HeadFixture.Worst(expected.AsSpan(i * numbers.Length, numbers.Length), numbers);
            output.WriteLine($"{files[i]}: max difference of a pixel {worst:e1}");
            Assert.InRange(worst, 0, 1e-5f);
            float[] vector = new float[session.Width];
            session.Run(numbers, 1, vector, TestContext.Current.CancellationToken);
            Assert.InRange(HeadFixture.Worst(fixture.Singles("image_embeds").AsSpan(i * vector.Length, vector.Length), vector), 0, Tolerance);
        }
    }

    private static void Run(NetworkDescription network, SafetensorsFolder weights, long[] ids, long[] mask, int batch, int sequence, float[] result)
    {
        ModelGraph graph = GraphWriter.Write(network, weights);
        using SharedSession session = SharedSession.Load(graph, Runtime, weights.FolderPath);
        using Microsoft.ML.OnnxRuntime.OrtValue idsValue = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(ids, [batch, sequence]);
        using Microsoft.ML.OnnxRuntime.OrtValue maskValue = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(mask, [batch, sequence]);
        using Microsoft.ML.OnnxRuntime.RunOptions options = new();
        using var results = session.Session.Run(options, [GraphNames.InputIds, GraphNames.AttentionMask], [idsValue, maskValue], [GraphNames.HeadOutput]);
        results[0].GetTensorDataAsSpan<float>().CopyTo(result);
    }
}
