using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Index;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Quantization;
using Rag.Runtime.Embedding;
using Rag.Runtime.Embedding.Modules;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Embedding;

/// <summary>From text to vector with every family, against sentence-transformers.</summary>
public sealed class SentenceEmbedderFixtureTests(ITestOutputHelper output)
{
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Names => EncoderFixture.Names();

    public static TheoryData<string> PromptedNames => EncoderFixture.PromptedNames();

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokenize_gives_the_reference_ids(string name)
    {
        using EncoderFixture fixture = new(name);
        using SentenceEmbedder embedder = Load(fixture);
        string[] texts = fixture.Texts;
        Assert.Equal(fixture.Rows, texts.Length);
        Assert.Equal(fixture.Expected.GetProperty("max_seq_length").GetInt32(), embedder.MaxTokens);
        for (int row = 0; row < texts.Length; row++)
        {
            Assert.Equal(fixture.Row(row).ToArray(), embedder.Tokenize(texts[row]).Select(id => (long)id));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Vectors_of_texts_equal_the_reference_in_a_batch_and_alone(string name)
    {
        using EncoderFixture fixture = new(name);
        using SentenceEmbedder embedder = Load(fixture);
        string[] texts = fixture.Texts;
        float[] expected = fixture.Tensor("sentence_embedding");
        float together = await WorstAsync(embedder, texts, expected);
        float alone = 0;
        for (int row = 0; row < texts.Length; row++)
        {
            alone = Math.Max(alone, await WorstAsync(embedder, [texts[row]], expected.AsSpan(row * embedder.Dimensions, embedder.Dimensions).ToArray()));
        }

        output.WriteLine($"{name}: batch {together:e1}, alone {alone:e1}");
        Assert.InRange(together, 0, Tolerance);
        Assert.InRange(alone, 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(PromptedNames))]
    public async Task Vectors_of_prompted_texts_equal_the_reference(string name)
    {
        using EncoderFixture fixture = new(name);
        using SafetensorsFile prompted = SafetensorsFile.Open(Path.Combine(fixture.FolderPath, "expected-prompts.safetensors"));
        using SentenceEmbedder embedder = Load(fixture);
        EmbeddingIdentity identity = embedder.GetRequiredService<EmbeddingIdentity>();
        foreach (JsonProperty prompt in fixture.Expected.GetProperty("prompts").EnumerateObject())
        {
            // What goes before a text comes from the folder's own files.
            string before = prompt.Name == "query" ? identity.QueryPrefix : identity.DocumentPrefix;
            Assert.Equal(prompt.Value.GetString(), before);
            float[] expected = prompted.ReadSingles(prompted.Require($"prompt.{prompt.Name}.sentence_embedding"));
            float worst = await WorstAsync(embedder, [.. fixture.Texts.Select(text => before + text)], expected);
            output.WriteLine($"{name}, {prompt.Name}: {worst:e1}");
            Assert.InRange(worst, 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_quantised_folder_keeps_its_modules_and_prompts_and_gives_nearly_the_same_vectors(string name)
    {
        using EncoderFixture fixture = new(name);
        using TemporaryFolder folder = new();
        ModelQuantizer.Quantize(fixture.FolderPath, folder.File("int8"), cancellationToken: TestContext.Current.CancellationToken);
        using SentenceEmbedder embedder = SentenceEmbedder.Load(folder.File("int8"));
        using SentenceEmbedder original = Load(fixture);
        EmbeddingIdentity identity = embedder.GetRequiredService<EmbeddingIdentity>();
        EmbeddingIdentity expected = original.GetRequiredService<EmbeddingIdentity>();
        Assert.Equal(expected with { Model = "", WeightsHash = "" }, identity with { Model = "", WeightsHash = "" });
        float[] reference = fixture.Tensor("sentence_embedding");
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(fixture.Texts, cancellationToken: TestContext.Current.CancellationToken);
        float worst = Enumerable.Range(0, vectors.Count).Min(row => TensorPrimitives.CosineSimilarity(reference.AsSpan(row * embedder.Dimensions, embedder.Dimensions), vectors[row].Vector.Span));
        output.WriteLine($"{name}: cosine {worst}");
        Assert.InRange(worst, 0.95f, 1.00001f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_pooling_of_the_reference_states_gives_the_reference_vector(string name)
    {
        using EncoderFixture fixture = new(name);
        float[] states = fixture.Tensor("last_hidden_state");
        int width = states.Length / fixture.Ids.Length;
        Compare(fixture, states, width, fixture.Folder.SentenceTransformer!.Pooling, "pooled");
        foreach (string pooled in fixture.TensorNames.Where(tensor => tensor.StartsWith("pooling.", StringComparison.Ordinal)))
        {
            Compare(fixture, states, width, [Kind(pooled["pooling.".Length..])], pooled);
        }

        // The modules after the pooling, from the reference's own pooled vectors.
        VectorSteps steps = VectorSteps.Load(fixture.Folder.SentenceTransformer.After, width, fixture.FolderPath);
        float[] from = fixture.Tensor("pooled");
        float[] to = fixture.Tensor("sentence_embedding");
        for (int row = 0; row < fixture.Rows; row++)
        {
            Close(to.AsSpan(row * steps.Dimensions, steps.Dimensions), steps.Apply(from[(row * width)..((row + 1) * width)]), 1e-5f);
        }
    }

    private static void Compare(EncoderFixture fixture, float[] states, int width, IReadOnlyList<PoolingKind> kinds, string tensor)
    {
        float[] expected = fixture.Tensor(tensor);
        Pooling pooling = new(kinds, width, normalize: false);
        float[] vector = new float[pooling.Dimensions];
        for (int row = 0; row < fixture.Rows; row++)
        {
            pooling.Apply(states.AsSpan(row * fixture.Length * width, fixture.Tokens(row) * width), vector);
            Close(expected.AsSpan(row * vector.Length, vector.Length), vector, 1e-5f);
        }
    }

    private static PoolingKind Kind(string name) => name switch
    {
        "cls" => PoolingKind.Cls,
        "lasttoken" => PoolingKind.LastToken,
        "max" => PoolingKind.Max,
        "mean" => PoolingKind.Mean,
        "mean_sqrt_len_tokens" => PoolingKind.MeanSqrtLength,
        "weightedmean" => PoolingKind.WeightedMean,
        _ => throw new InvalidOperationException($"No pooling is called {name}."),
    };

    private static SentenceEmbedder Load(EncoderFixture fixture) =>
        SentenceEmbedder.Load(fixture.Folder, new SentenceEmbedderOptions { Runtime = new RuntimeOptions { Threads = 1 } });

    private static async Task<float> WorstAsync(SentenceEmbedder embedder, string[] texts, float[] expected)
    {
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken);
        float[] actual = [.. vectors.SelectMany(vector => vector.Vector.ToArray())];
        Assert.Equal(expected.Length, actual.Length);
        return expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
    }

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
        }
    }
}
