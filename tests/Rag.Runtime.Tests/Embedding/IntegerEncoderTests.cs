using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Index;
using Rag.Models;
using Rag.Models.Networks;
using Rag.Models.Packing;
using Rag.Runtime.Embedding;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Embedding;

/// <summary>Encoders that multiply integers: near the exact ones, and deaf to what stands beside a text.</summary>
public sealed class IntegerEncoderTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => EncoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Vectors_stay_near_the_reference(string name)
    {
        using EncoderFixture fixture = new(name);
        using SentenceEmbedder embedder = SentenceEmbedder.Load(fixture.Folder, Options(WeightPrecision.Int8));
        float[] expected = fixture.Tensor("sentence_embedding");
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(fixture.Texts, cancellationToken: TestContext.Current.CancellationToken);
        float least = vectors.Select((vector, row) =>
            TensorPrimitives.CosineSimilarity(vector.Vector.Span, expected.AsSpan(row * embedder.Dimensions, embedder.Dimensions))).Min();
        output.WriteLine($"{name}: {least:f5}");

        // Measured: .9986 to .99997. A matrix or a scale in the wrong place gives .9 and less.
        Assert.InRange(least, .998f, 1.0001f);
        Assert.True(least < .999999f, "Nothing was rounded.");
    }

    [Fact]
    public async Task A_text_has_one_vector_whatever_stands_beside_it()
    {
        using TemporaryFolder folder = new();
        TinyEncoder.Write(folder.FolderPath);
        using SentenceEmbedder embedder = SentenceEmbedder.Load(folder.FolderPath, Options(WeightPrecision.Int8));
        string[] texts = ["w1 w2 w3", "w4", "w5 w6 w7", "w8 w9 w10 w11 w12", "w3 w2 w1", ""];
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        GeneratedEmbeddings<Embedding<float>> together = await embedder.GenerateAsync(texts, cancellationToken: cancellationToken);
        for (int i = 0; i < texts.Length; i++)
        {
            GeneratedEmbeddings<Embedding<float>> alone = await embedder.GenerateAsync([texts[i]], cancellationToken: cancellationToken);
            Assert.Equal(alone[0].Vector.ToArray(), together[i].Vector.ToArray());
        }
    }

    [Fact]
    public void Padding_is_refused()
    {
        using TemporaryFolder folder = new();
        TinyEncoder.Write(folder.FolderPath);
        using OnnxEncoder encoder = OnnxEncoder.Load(ModelFolder.Open(folder.FolderPath), Options(WeightPrecision.Int8).Runtime);
        float[] output = new float[2 * TinyEncoder.Hidden];
        encoder.Run([3, 4], [1, 1], 1, 2, output);
        Assert.Contains("padding", Assert.Throws<ArgumentException>(() => encoder.Run([3, 4], [1, 0], 1, 2, output)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(127)]
    public void Matrices_of_seven_bits_and_of_eight_stay_near_the_exact_states(int steps)
    {
        using TemporaryFolder folder = new();
        TinyEncoder.Write(folder.FolderPath);
        RuntimeOptions options = new() { Threads = 1 };
        using OnnxEncoder exact = OnnxEncoder.Load(ModelFolder.Open(folder.FolderPath), options);
        using OnnxEncoder rounded = OnnxEncoder.Load(ModelFolder.Open(folder.FolderPath), options, new RoundingDescription(steps));
        long[] ids = [3, 7, 8, 9, 4], mask = [1, 1, 1, 1, 1];
        float[] expected = new float[ids.Length * TinyEncoder.Hidden], actual = new float[expected.Length];
        exact.Run(ids, mask, 1, ids.Length, expected);
        rounded.Run(ids, mask, 1, ids.Length, actual);
        TensorPrimitives.Subtract(expected, actual, actual);
        float worst = Math.Abs(TensorPrimitives.MaxMagnitude(actual));
        output.WriteLine($"{steps}: {worst:e1}");
        Assert.InRange(worst, 1e-4f, steps == 127 ? .04f : .08f);
    }

    [Fact]
    public void Its_identity_is_not_that_of_exact_vectors()
    {
        using TemporaryFolder folder = new();
        TinyEncoder.Write(folder.FolderPath);
        Assert.NotEqual(Identity(folder.FolderPath, WeightPrecision.Single), Identity(folder.FolderPath, WeightPrecision.Int8));
    }

    [Theory]
    [InlineData(WeightPrecision.Int4)]
    [InlineData(WeightPrecision.Half)]
    [InlineData(WeightPrecision.Stored)]
    public void Other_forms_are_refused_by_name(WeightPrecision weights)
    {
        using TemporaryFolder folder = new();
        TinyEncoder.Write(folder.FolderPath);
        Assert.Contains(weights.ToString(), Assert.Throws<UnsupportedException>(() => SentenceEmbedder.Load(folder.FolderPath, Options(weights))).Message, StringComparison.Ordinal);
    }

    private static EmbeddingIdentity Identity(string folder, WeightPrecision weights)
    {
        using SentenceEmbedder embedder = SentenceEmbedder.Load(folder, Options(weights));
        return embedder.GetRequiredService<EmbeddingIdentity>();
    }

    private static SentenceEmbedderOptions Options(WeightPrecision weights) => new() { Runtime = new RuntimeOptions { Threads = 1, Weights = weights } };
}
