using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Index.Caching;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Caching;

public sealed class EmbeddingCacheTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "cache", "embeddings.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_text_is_embedded_once_in_a_call_and_never_again()
    {
        Model inner = new();
        using (EmbeddingCache cache = EmbeddingCache.Open(File))
        using (CachedEmbeddingGenerator cached = new(inner, cache))
        {
            GeneratedEmbeddings<Embedding<float>> made = await cached.GenerateAsync(["a", "b", "a"]);
            Assert.Equal(["a", "b"], inner.Texts);
            Assert.Equal([Model.Of("a"), Model.Of("b"), Model.Of("a")], made.Select(vector => vector.Vector.ToArray()));
            Assert.Equal((0, 3), (cache.Hits, cache.Misses));
        }

        using EmbeddingCache again = EmbeddingCache.Open(File);
        using CachedEmbeddingGenerator reopened = new(inner, again);
        Assert.Equal([Model.Of("c"), Model.Of("b")], (await reopened.GenerateAsync(["c", "b"])).Select(vector => vector.Vector.ToArray()));
        Assert.Equal(["a", "b", "c"], inner.Texts);
        Assert.Equal((1, 1), (again.Hits, again.Misses));
    }

    [Fact]
    public async Task Another_model_or_other_weights_never_meet_a_vector()
    {
        using EmbeddingCache cache = EmbeddingCache.Open(File);
        foreach (EmbeddingIdentity identity in new[] { Make.Embedding, Make.Embedding with { WeightsHash = "ff" }, Make.Embedding with { Model = "other" }, Make.Embedding with { Pooling = "cls" } })
        {
            Model inner = new() { Identity = identity };
            using CachedEmbeddingGenerator cached = new(inner, cache);
            await cached.GenerateAsync(["a"]);
            Assert.Equal(["a"], inner.Texts);
        }
    }

    [Fact]
    public void What_was_used_longest_ago_goes_first_and_the_file_stays_within_its_bound()
    {
        const long Most = 200_000;
        using EmbeddingCache cache = EmbeddingCache.Open(File, new EmbeddingCacheOptions { MaxBytes = Most });
        EmbeddingIdentity model = Make.Embedding with { Dimensions = 500 };
        ReadOnlyMemory<float> vector = new float[500].Select((_, i) => (float)i).ToArray();
        for (int i = 0; i < 400; i++)
        {
            cache.Add(model, [i.ToString(CultureInfo.InvariantCulture)], [vector]);
            Assert.NotNull(cache.Find(model, ["0"])[0]);
        }

        Assert.Null(cache.Find(model, ["1"])[0]);
        Assert.NotNull(cache.Find(model, ["399"])[0]);
        cache.Dispose();
        Assert.InRange(new FileInfo(File).Length, 1, 2 * Most);
    }

    [Fact]
    public async Task Damage_anywhere_is_a_miss_or_a_fresh_start_and_never_another_vector()
    {
        Model inner = new();
        using (EmbeddingCache cache = EmbeddingCache.Open(File))
        using (CachedEmbeddingGenerator cached = new(inner, cache))
        {
            await cached.GenerateAsync(Enumerable.Range(0, 100).Select(i => $"text {i}"));
        }

        byte[] sound = System.IO.File.ReadAllBytes(File);
        Random random = new(3);
        int hits = 0, misses = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. sound];
            bytes[100 + random.Next(bytes.Length - 100)] ^= (byte)(1 << random.Next(8));
            System.IO.File.WriteAllBytes(File, bytes);
            using EmbeddingCache cache = EmbeddingCache.Open(File);
            using CachedEmbeddingGenerator cached = new(new Model(), cache);
            string text = $"text {i % 100}";
            Assert.Equal(Model.Of(text), (await cached.GenerateAsync([text]))[0].Vector.ToArray());
            (hits, misses) = (hits + (int)cache.Hits, misses + (int)cache.Misses);
        }

        Assert.True(hits > 100 && misses > 0, $"{hits} hits, {misses} misses");
    }

    [Theory]
    [InlineData("These are somebody's notes, not a cache.")]
    [InlineData("short")]
    public void A_file_that_is_something_else_is_left_alone(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, content + new string('x', content.Length > 10 ? 5000 : 0));
        string before = System.IO.File.ReadAllText(File);
        RagException error = Assert.ThrowsAny<RagException>(() => EmbeddingCache.Open(File));
        Assert.Contains("embeddings.db", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public async Task An_index_is_no_cache_and_stays_as_it_is()
    {
        await using (SqliteChunkIndex index = await _folder.OpenAsync())
        {
            await index.SetManifestAsync(Make.Manifest, replace: false);
        }

        byte[] before = System.IO.File.ReadAllBytes(_folder.Database);
        Assert.Throws<IncompatibleException>(() => EmbeddingCache.Open(_folder.Database));
        Assert.Equal(before, System.IO.File.ReadAllBytes(_folder.Database));
    }

    [Fact]
    public async Task A_cache_that_fails_is_left_aside_and_said()
    {
        Model inner = new();
        EmbeddingCache cache = EmbeddingCache.Open(File);
        using CachedEmbeddingGenerator cached = new(inner, cache);
        await cached.GenerateAsync(["a"]);
        using (Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TABLE vectors";
            command.ExecuteNonQuery();
        }

        Assert.Null(cached.CacheFault);
        Assert.Equal(Model.Of("a"), (await cached.GenerateAsync(["a"]))[0].Vector.ToArray());
        Assert.IsType<CorruptException>(cached.CacheFault);
        Assert.Equal(Model.Of("b"), (await cached.GenerateAsync(["b"]))[0].Vector.ToArray());
        cache.Dispose();
    }

    [Fact]
    public void Two_users_of_one_file_see_what_the_other_added()
    {
        using EmbeddingCache one = EmbeddingCache.Open(File), other = EmbeddingCache.Open(File);
        Parallel.For(0, 40, i => (i % 2 == 0 ? one : other).Add(Make.Embedding, [$"t{i}"], [Model.Of($"t{i}")]));
        Assert.DoesNotContain(null, one.Find(Make.Embedding, [.. Enumerable.Range(0, 40).Select(i => $"t{i}")]));
    }

    [Fact]
    public void A_generator_that_does_not_say_what_it_is_cannot_be_cached()
    {
        using EmbeddingCache cache = EmbeddingCache.Open(File);
        Assert.Throws<ArgumentException>(() => new CachedEmbeddingGenerator(new Model { Identity = null }, cache));
    }

    private sealed class Model : IEmbeddingGenerator<string, Embedding<float>>
    {
        public EmbeddingIdentity? Identity { get; init; } = Make.Embedding;

        public List<string> Texts { get; } = [];

        public static float[] Of(string text) => [.. Enumerable.Range(0, Make.Dimensions).Select(i => (text[^1] * 7.25f) + (text.Length * i))];

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] texts = [.. values];
            Texts.AddRange(texts);
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Select(text => new Embedding<float>(Of(text)))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingIdentity) ? Identity : null;

        public void Dispose()
        {
        }
    }
}
