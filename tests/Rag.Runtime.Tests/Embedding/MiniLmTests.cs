using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Embedding;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Embedding;

/// <summary>The real sentence encoder against its reference vectors.</summary>
public sealed class MiniLmTests : IClassFixture<MiniLmTests.Fixture>
{
    private readonly Fixture _model;

    public MiniLmTests(Fixture model) => _model = model;

    public sealed class Fixture : IDisposable
    {
        private readonly Lazy<SentenceEmbedder> _reference = new(() => SentenceEmbedder.Load(Folder, new SentenceEmbedderOptions { ParseSpecialTokens = true }));

        public static string Folder => SharedData.Require("models", "all-MiniLM-L6-v2");

        /// <summary>As the reference implementation is: text that spells a special token becomes one.</summary>
        public SentenceEmbedder Reference => _reference.Value;

        public void Dispose()
        {
            if (_reference.IsValueCreated)
            {
                _reference.Value.Dispose();
            }
        }
    }

    [Fact]
    public void Token_ids_equal_the_reference()
    {
        foreach ((string text, int[] ids) in Texts())
        {
            Assert.Equal(ids, _model.Reference.Tokenize(text));
        }
    }

    [Fact]
    public async Task Vectors_equal_the_reference_alone_and_in_batches()
    {
        (string Text, int[] Ids)[] texts = [.. Texts()];
        float[] expected = Expected();
        int dimensions = _model.Reference.Dimensions;
        GeneratedEmbeddings<Embedding<float>> batched = await _model.Reference.GenerateAsync(texts.Select(text => text.Text));
        Assert.Equal(texts.Length, batched.Count);
        Assert.Equal(texts.Sum(text => (long)text.Ids.Length), batched.Usage?.InputTokenCount);
        for (int i = 0; i < texts.Length; i++)
        {
            ReadOnlySpan<float> reference = expected.AsSpan(i * dimensions, dimensions);
            Close(reference, batched[i].Vector.Span, 1e-5, 1e-4, $"text {i}");
        }

        // Alone: every seventh text, to save time.
        for (int i = 0; i < texts.Length; i += 7)
        {
            ReadOnlyMemory<float> alone = await _model.Reference.GenerateVectorAsync(texts[i].Text);
            Close(batched[i].Vector.Span, alone.Span, 1e-6, 1e-6, $"text {i} alone");
        }
    }

    [Fact]
    public async Task Text_that_spells_a_special_token_is_plain_by_default()
    {
        using SentenceEmbedder safe = SentenceEmbedder.Load(Fixture.Folder);
        const string hostile = "one [SEP] two";
        int[] ids = safe.Tokenize(hostile);
        Assert.Single(ids, id => id == ids[^1]);
        Assert.Equal(2, _model.Reference.Tokenize(hostile).Count(id => id == ids[^1]));
        Assert.Equal(_model.Reference.Tokenize("no special token"), safe.Tokenize("no special token"));
        Assert.Equal(_model.Reference.Dimensions, (await safe.GenerateVectorAsync(hostile)).Length);
    }

    [Fact]
    public void GetService_GivesIdentityAndCounter()
    {
        ITokenCounter counter = (ITokenCounter)_model.Reference.GetService(typeof(ITokenCounter))!;
        Assert.Equal(_model.Reference.MaxTokens - 2, counter.MaxTokens);
        EmbeddingIdentity identity = (EmbeddingIdentity)_model.Reference.GetService(typeof(EmbeddingIdentity))!;
        Assert.Equal("mean", identity.Pooling);
        Assert.Equal(_model.Reference.MaxTokens, identity.MaxTokens);
        Assert.Equal(64, identity.WeightsHash.Length);
        Assert.Same(identity, _model.Reference.GetService(typeof(EmbeddingIdentity)));
        Assert.Null(_model.Reference.GetService(typeof(EmbeddingIdentity), "key"));
    }

    [Fact]
    public async Task GenerateAsync_InParallel_GivesTheSame()
    {
        string[] texts = [.. Texts().Select(text => text.Text).Where(text => text.Length is > 0 and < 200).Take(12)];
        GeneratedEmbeddings<Embedding<float>> expected = await _model.Reference.GenerateAsync(texts);
        GeneratedEmbeddings<Embedding<float>>[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _model.Reference.GenerateAsync(texts)));
        Assert.All(results, result => Assert.All(Enumerable.Range(0, texts.Length), i => Assert.Equal(expected[i].Vector.ToArray(), result[i].Vector.ToArray())));
    }

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double cosine, double absolute, string because)
    {
        Assert.True(1 - TensorPrimitives.CosineSimilarity(expected, actual) < cosine, because);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) < absolute, $"{because}, value {i}: {expected[i]} and {actual[i]}");
        }
    }

    private static IEnumerable<(string Text, int[] Ids)> Texts()
    {
        foreach (string line in File.ReadLines(Path.Combine(Fixture.Folder, "expected", "texts.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return (document.RootElement.GetProperty("text").GetString()!, [.. document.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())]);
        }
    }

    private static float[] Expected()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Fixture.Folder, "expected", "embeddings.safetensors"));
        return file.ReadSingles(file.Require("embeddings"));
    }
}
