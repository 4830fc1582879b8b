using Microsoft.Extensions.AI;
using Rag.Index;
using Rag.Models;
using Rag.Runtime.Embedding;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Embedding;

public sealed class PrefixesTests
{
    private const string Represent = "Represent this sentence for searching relevant passages: ";

    [Theory]
    [InlineData("""{"prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": null}""", "query: ", "passage: ")]
    [InlineData("""{"prompts": {"query": "q ", "document": "d ", "passage": "p "}}""", "q ", "d ")]
    [InlineData("""{"prompts": {"corpus": "c "}}""", "", "c ")]
    [InlineData("""{"prompts": {"query": "q ", "document": null, "passage": "p "}}""", "q ", "p ")]
    [InlineData("""{"prompts": {"search": "s "}, "default_prompt_name": "search"}""", "s ", "s ")]
    [InlineData("""{"prompts": {"query": "q ", "search": "s "}, "default_prompt_name": "search"}""", "q ", "s ")]
    [InlineData("""{"prompts": {"query": "", "document": "", "search": "s "}, "default_prompt_name": "search"}""", "", "")]
    [InlineData("""{"prompts": {"search": "s "}}""", "", "")]
    [InlineData("""{"prompts": {}, "default_prompt_name": "gone"}""", "", "")]
    [InlineData("""{}""", "", "")]
    public void Files_say_what_goes_before(string prompts, string query, string document)
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.FolderPath, prompts: prompts);
        Assert.Equal(new Prefixes(query, document), Of(folder.FolderPath));
    }

    [Theory]
    [InlineData("BAAI/bge-small-en-v1.5", Represent, "")]
    [InlineData("BAAI/bge-small-en-v1.5@main", Represent, "")]
    [InlineData("/models/BGE-Small-EN-v1.5/", Represent, "")]
    [InlineData("BAAI/bge-base-zh", "为这个句子生成表示以用于检索相关文章：", "")]
    [InlineData("intfloat/e5-small-v2", "query: ", "passage: ")]
    [InlineData("intfloat/multilingual-e5-small", "query: ", "passage: ")]
    [InlineData("Snowflake/snowflake-arctic-embed-s", Represent, "")]
    [InlineData("nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: ")]
    [InlineData("Snowflake/snowflake-arctic-embed-m-long", Represent, "")]
    [InlineData("BAAI/bge-m3", "", "")]
    [InlineData("thenlper/gte-small", "", "")]
    [InlineData("sentence-transformers/all-MiniLM-L6-v2", "", "")]
    public void Files_that_say_nothing_leave_it_to_the_name(string name, string query, string document)
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.FolderPath);
        Assert.Equal(new Prefixes(query, document), Of(folder.FolderPath, name));
    }

    [Fact]
    public void Name_counts_where_the_files_were_saved_with_empty_prompts_or_state_one_side()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.FolderPath, prompts: """{"prompts": {"query": "", "document": ""}}""");
        Assert.Equal(new Prefixes("query: ", "passage: "), Of(folder.FolderPath, "intfloat/e5-small"));
        TinyBert.Write(folder.FolderPath, prompts: """{"prompts": {"query": "mine: "}}""");
        Assert.Equal(new Prefixes("mine: ", "passage: "), Of(folder.FolderPath, "intfloat/e5-small"));
    }

    [Fact]
    public void Options_come_first_and_empty_means_none()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.FolderPath, prompts: """{"prompts": {"query": "q ", "document": "d "}}""");
        ModelFolder model = ModelFolder.Open(folder.FolderPath);
        Assert.Equal(new Prefixes("", "x "), Prefixes.Of(model, new SentenceEmbedderOptions { ModelName = "e5-small", QueryPrefix = "", DocumentPrefix = "x " }));
    }

    [Fact]
    public void Folder_of_the_cache_is_known_by_its_repository()
    {
        using TemporaryFolder cache = new();
        string folder = cache.File(Path.Combine("rag--intfloat--e5-small-v2", "snapshots", "0123456789012345678901234567890123456789"));
        TinyBert.Write(folder, modules: false);
        Assert.Equal(new Prefixes("query: ", "passage: "), Of(folder));
        Assert.Equal(new Prefixes("query: ", "passage: "), Of(folder, folder));
    }

    [Fact]
    public async Task Embedder_with_cls_pooling_gives_the_first_state_and_says_so_with_its_prefix()
    {
        using TemporaryFolder folder = new();
        string bge = folder.File("bge-small-en-v1.5"), mean = folder.File("mean");
        TinyBert.Write(bge, cls: true);
        TinyBert.Write(mean);
        using SentenceEmbedder embedder = SentenceEmbedder.Load(bge);
        using SentenceEmbedder other = SentenceEmbedder.Load(mean);
        EmbeddingIdentity identity = embedder.GetRequiredService<EmbeddingIdentity>();
        Assert.Equal(("cls", Represent, "", 32), (identity.Pooling, identity.QueryPrefix, identity.DocumentPrefix, identity.MaxTokens));
        Assert.Equal("mean", other.GetRequiredService<EmbeddingIdentity>().Pooling);

        using var encoder = Rag.Runtime.Sessions.OnnxEncoder.Load(ModelFolder.Open(bge));
        string[] texts = ["the keeper of the lighthouse", "fire", "harbour: fire"];
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken);
        GeneratedEmbeddings<Embedding<float>> means = await other.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken);
        for (int i = 0; i < texts.Length; i++)
        {
            long[] ids = [.. embedder.Tokenize(texts[i]).Select(id => (long)id)];
            float[] states = new float[ids.Length * encoder.HiddenSize];
            encoder.Run(ids, [.. ids.Select(_ => 1L)], 1, ids.Length, states);
            float[] first = states[..encoder.HiddenSize];
            float norm = MathF.Sqrt(first.Sum(x => x * x));
            Assert.Equal(first.Select(x => x / norm), vectors[i].Vector.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5f);
            Assert.NotEqual(means[i].Vector.ToArray(), vectors[i].Vector.ToArray());
        }
    }

    private static Prefixes Of(string folder, string? name = null) => Prefixes.Of(ModelFolder.Open(folder), new SentenceEmbedderOptions { ModelName = name });
}
