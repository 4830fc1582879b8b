using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Index;
using Rag.Models;
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

    [Fact]
    public void Its_identity_is_not_that_of_exact_vectors()
    {
        using TemporaryFolder folder = new();
        TinyEncoder.Write(folder.FolderPath);
        Assert.NotEqual(Identity(folder.FolderPath, WeightPrecision.Single), Identity(folder.FolderPath, WeightPrecision.Int8));
    }

    private static EmbeddingIdentity Identity(string folder, WeightPrecision weights)
    {
        using SentenceEmbedder embedder = SentenceEmbedder.Load(folder, Options(weights));
        return embedder.GetRequiredService<EmbeddingIdentity>();
    }

    private static SentenceEmbedderOptions Options(WeightPrecision weights) => new() { Runtime = new RuntimeOptions { Threads = 1, Weights = weights } };
}
