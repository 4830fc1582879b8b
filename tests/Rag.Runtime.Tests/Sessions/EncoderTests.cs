using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>What an encoder's session does beside its numbers, and a real model in half precision.</summary>
public sealed class EncoderTests(ITestOutputHelper output)
{
    [Fact]
    public void Run_MiniLmStoredInHalfPrecision_GivesTheReferenceSentenceVectors()
    {
        string folder = SharedData.Require("models", "all-MiniLM-L6-v2");
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(folder, "expected", "embeddings.safetensors"));
        using OnnxEncoder encoder = OnnxEncoder.Load(ModelFolder.Open(folder));
        float[] vectors = expected.ReadSingles(expected.Require("embeddings"));
        int width = encoder.HiddenSize;
        (double cosine, float worst, int row) = (1, 0, 0);
        foreach (string line in File.ReadLines(Path.Combine(folder, "expected", "texts.jsonl")))
        {
            using JsonDocument text = JsonDocument.Parse(line);
            long[] ids = [.. text.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())];
            float[] actual = Embed(encoder, ids);
            ReadOnlySpan<float> reference = vectors.AsSpan(row++ * width, width);
            cosine = Math.Min(cosine, TensorPrimitives.Dot(reference, actual));
            worst = Math.Max(worst, Worst(reference, actual));
        }

        output.WriteLine($"{row} texts, max 1 - cosine {1 - cosine:e1}, max difference {worst:e1}");
        Assert.Equal(vectors.Length / width, row);
        Assert.InRange(1 - cosine, -1e-5, 1e-5);
        Assert.InRange(worst, 0, 1e-4f);
    }

    [Fact]
    public void Run_FromSeveralThreads_GivesTheSameStates()
    {
        string folder = SharedData.Require("fixtures", "encoders", "bert");
        using OnnxEncoder encoder = OnnxEncoder.Load(ModelFolder.Open(folder), new RuntimeOptions { Threads = 1 });
        long[][] texts = [.. Enumerable.Range(1, 8).Select(n => Enumerable.Range(0, 3 * n).Select(i => (long)((7 * n) + i)).ToArray())];
        float[][] alone = [.. texts.Select(ids => Embed(encoder, ids))];
        Parallel.For(0, 64, i => Assert.Equal(alone[i % texts.Length], Embed(encoder, texts[i % texts.Length])));
    }

    [Fact]
    public void Run_BadArguments_AreNamed()
    {
        string folder = SharedData.Require("fixtures", "encoders", "bert");
        using OnnxEncoder encoder = OnnxEncoder.Load(ModelFolder.Open(folder), new RuntimeOptions { Threads = 1 });
        float[] states = new float[2 * encoder.HiddenSize];
        Assert.Throws<ArgumentException>(() => encoder.Run([1, 2], [1], 1, 2, states));
        Assert.Throws<ArgumentException>(() => encoder.Run([1, 2], [1, 1], 1, 2, states.AsSpan(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.Run([1, 1_000_000], [1, 1], 1, 2, states));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.Run([1, -1], [1, 1], 1, 2, states));
        int tooLong = encoder.MaxPositions + 1;
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.Run(new long[tooLong], new long[tooLong], 1, tooLong, new float[tooLong * encoder.HiddenSize]));
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.Run([1, 2], [1, 1], 1, 2, states));
    }

    /// <summary>The mean over all tokens, divided by its L2 norm.</summary>
    private static float[] Embed(OnnxEncoder encoder, long[] ids)
    {
        long[] mask = [.. Enumerable.Repeat(1L, ids.Length)];
        int width = encoder.HiddenSize;
        float[] states = new float[ids.Length * width];
        encoder.Run(ids, mask, 1, ids.Length, states);
        float[] vector = new float[width];
        for (int i = 0; i < ids.Length; i++)
        {
            TensorPrimitives.Add(vector, states.AsSpan(i * width, width), vector);
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }

    private static float Worst(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        float[] difference = new float[expected.Length];
        TensorPrimitives.Subtract(expected, actual, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude(difference));
    }
}
