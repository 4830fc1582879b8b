using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;
using Rag.Runtime.Embedding;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Embedding;

/// <summary>The static table against its reference vectors, and a tiny table of the test's own.</summary>
public sealed class StaticEmbedderTests : IDisposable
{
    // 35 dimensions: whole vectors of every width, and a rest.
    private const int Dimensions = 35;

    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "one", "two", "three", "void"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ids_and_vectors_equal_the_reference()
    {
        string path = SharedData.Require("models", "starter-embedder");
        using StaticEmbedder embedder = StaticEmbedder.Load(path);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "expected.json")));
        JsonElement[] cases = [.. expected.RootElement.EnumerateArray()];
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(cases.Select(text => text.GetProperty("text").GetString()!));
        Assert.NotEmpty(cases);
        for (int i = 0; i < cases.Length; i++)
        {
            List<int> ids = [];
            embedder.Tokenize(cases[i].GetProperty("text").GetString()!, ids);
            Assert.Equal(cases[i].GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), ids);
            float[] vector = vectors[i].Vector.ToArray();
            Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 1e-6);
            if (ids.Count > 0)
            {
                float[] first = [.. cases[i].GetProperty("vector_first8").EnumerateArray().Select(value => value.GetSingle())];
                Assert.All(first, (value, at) => Assert.Equal(value, vector[at], 2e-6));
                Assert.Equal(cases[i].GetProperty("norm").GetSingle(), TensorPrimitives.Norm<float>(vector), 1e-5);
            }
            else
            {
                Assert.Equal(1, vector[0]);
            }
        }
    }

    [Fact]
    public async Task Vector_is_the_normalised_mean_of_the_known_rows()
    {
        using StaticEmbedder embedder = Tiny();
        float[] sum = new float[Dimensions];
        foreach (int id in (int[])[2, 4, 4])
        {
            for (int d = 0; d < Dimensions; d++)
            {
                sum[d] += Value(id, d) * Scale(id);
            }
        }

        float norm = TensorPrimitives.Norm<float>(sum);
        ReadOnlyMemory<float> vector = await embedder.GenerateVectorAsync("one three 💥 three [PAD] 💥");
        Assert.All(sum, (value, d) => Assert.Equal(value / norm, vector.Span[d], 1e-6));
    }

    [Theory]
    [InlineData("")]
    [InlineData("💥 💥")]
    [InlineData("void")]
    public async Task Text_of_which_nothing_is_known_gets_the_first_axis(string text)
    {
        using StaticEmbedder embedder = Tiny();
        ReadOnlyMemory<float> vector = await embedder.GenerateVectorAsync(text);
        Assert.Equal([1f, .. new float[Dimensions - 1]], vector.ToArray());
    }

    [Fact]
    public async Task Text_is_cut_at_the_limit()
    {
        using StaticEmbedder embedder = Tiny(new StaticEmbedderOptions { MaxTokens = 2 });
        Assert.Equal((await embedder.GenerateVectorAsync("one two")).ToArray(), (await embedder.GenerateVectorAsync("one two three three")).ToArray());
        Assert.NotEqual((await embedder.GenerateVectorAsync("one two")).ToArray(), (await embedder.GenerateVectorAsync("one three")).ToArray());
    }

    [Fact]
    public async Task Many_texts_at_once_give_what_each_gives_alone_in_order()
    {
        using StaticEmbedder embedder = Tiny();
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => string.Join(' ', Enumerable.Range(0, i % 7).Select(j => Vocabulary[2 + ((i + (j * j)) % 3)])))];
        GeneratedEmbeddings<Embedding<float>>[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => embedder.GenerateAsync(texts)));
        for (int i = 0; i < texts.Length; i++)
        {
            float[] alone = (await embedder.GenerateVectorAsync(texts[i])).ToArray();
            Assert.All(results, result => Assert.Equal(alone, result[i].Vector.ToArray()));
        }

        Assert.Equal(Enumerable.Range(0, 300).Sum(i => i % 7), results[0].Usage?.InputTokenCount);
    }

    [Fact]
    public void GetService_GivesIdentityCounterAndMetadata()
    {
        using StaticEmbedder embedder = Tiny(new StaticEmbedderOptions { ModelName = "org/tiny", MaxTokens = 99 });
        EmbeddingIdentity identity = Assert.IsType<EmbeddingIdentity>(embedder.GetService(typeof(EmbeddingIdentity)));
        Assert.Equal(("org/tiny", "static-mean", Dimensions, 99), (identity.Model, identity.Pooling, identity.Dimensions, identity.MaxTokens));
        Assert.Equal(64, identity.WeightsHash.Length);
        Assert.Equal(99, ((ITokenCounter)embedder.GetService(typeof(ITokenCounter))!).MaxTokens);
        Assert.Equal(Dimensions, ((EmbeddingGeneratorMetadata)embedder.GetService(typeof(EmbeddingGeneratorMetadata))!).DefaultModelDimensions);
        Assert.Null(embedder.GetService(typeof(EmbeddingIdentity), "key"));
    }

    [Fact]
    public async Task Faults_are_named()
    {
        Assert.Throws<UnavailableException>(() => StaticEmbedder.Load(_folder.FolderPath));
        Write(rows: Vocabulary.Length - 1);
        Assert.Throws<IncompatibleException>(() => StaticEmbedder.Load(_folder.FolderPath));
        Write(scale: Half.NaN);
        Assert.Throws<CorruptException>(() => StaticEmbedder.Load(_folder.FolderPath));
        Write(type: "U8");
        Assert.Throws<UnsupportedException>(() => StaticEmbedder.Load(_folder.FolderPath));
        Write();
        Assert.Throws<LimitExceededException>(() => StaticEmbedder.Load(_folder.FolderPath, new StaticEmbedderOptions { MaxTableBytes = 100 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => StaticEmbedder.Load(_folder.FolderPath, new StaticEmbedderOptions { MaxTokens = 0 }));
        using StaticEmbedder embedder = StaticEmbedder.Load(_folder.FolderPath);
        await Assert.ThrowsAsync<UnsupportedException>(() => embedder.GenerateAsync(["one"], new EmbeddingGenerationOptions { Dimensions = 3 }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => embedder.GenerateAsync(["one", "two"], null, new CancellationToken(canceled: true)));
        await Assert.ThrowsAsync<ArgumentException>(() => embedder.GenerateAsync(["one", null!]));
    }

    private static sbyte Value(int id, int dimension) => (sbyte)(id == 5 ? 0 : (((id * 37) + (dimension * 53)) % 255) - 127);

    private static float Scale(int id) => id == 1 ? 100 : .25f * id;

    private StaticEmbedder Tiny(StaticEmbedderOptions? options = null)
    {
        Write();
        return StaticEmbedder.Load(_folder.FolderPath, options);
    }

    private void Write(int rows = 6, string type = "I8", Half? scale = null)
    {
        string vocabulary = string.Join(',', Vocabulary.Select((token, id) => $"\"{token}\":{id}"));
        File.WriteAllText(
            _folder.File("tokenizer.json"),
            "{\"added_tokens\":[{\"id\":0,\"content\":\"[PAD]\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":true}],"
            + "\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"post_processor\":null,\"decoder\":null,"
            + "\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"[UNK]\",\"vocab\":{" + vocabulary + "}}}");
        string header = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"embeddings\":{{\"dtype\":\"{type}\",\"shape\":[{rows},{Dimensions}],\"data_offsets\":[0,{rows * Dimensions}]}},\"scales\":{{\"dtype\":\"F16\",\"shape\":[{rows}],\"data_offsets\":[{rows * Dimensions},{rows * (Dimensions + 2)}]}}}}");
        byte[] json = Encoding.UTF8.GetBytes(header);
        using FileStream file = File.Create(_folder.File("embeddings.safetensors"));
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(word, json.Length);
        file.Write(word);
        file.Write(json);
        sbyte[] values = [.. Enumerable.Range(0, rows * Dimensions).Select(i => Value(i / Dimensions, i % Dimensions))];
        file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        for (int id = 0; id < rows; id++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(word, scale ?? (Half)Scale(id));
            file.Write(word[..2]);
        }
    }
}
