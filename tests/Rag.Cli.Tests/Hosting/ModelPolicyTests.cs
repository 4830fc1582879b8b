using Rag.Hosting;
using Rag.Hosting.Models;

namespace Rag.Cli.Tests.Hosting;

public sealed class ModelPolicyTests
{
    private static readonly BuiltWith Words = new(null, HasVectors: false, null);
    private static readonly BuiltWith Vectors = new("org/other", HasVectors: true, "other");

    [Fact]
    public async Task Named_model_comes_first()
    {
        var models = new FakeModels { Local = { ["org/mine"] = "/m/mine" } };
        ModelChoice choice = await Choose(models, Vectors, option: "org/mine", variable: "org/another");
        Assert.Equal(new ModelChoice("org/mine", "/m/mine", null), choice);
    }

    [Fact]
    public async Task Environment_comes_second()
    {
        var models = new FakeModels { Local = { ["org/mine"] = "/m/mine" } };
        Assert.Equal("org/mine", (await Choose(models, Vectors, variable: "org/mine")).Reference);
    }

    [Fact]
    public async Task Named_model_that_cannot_be_had_is_an_error() =>
        await Assert.ThrowsAsync<UnavailableException>(() => Choose(new FakeModels(), null, option: "org/mine"));

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public async Task None_means_words_alone_and_needs_no_notice(string none)
    {
        var models = new FakeModels { Local = { [ModelPolicy.DefaultEmbeddingModel] = "/m/default" } };
        Assert.Equal(new ModelChoice(null, null, null), await Choose(models, Vectors, option: none));
    }

    [Fact]
    public async Task Index_keeps_its_encoder_whatever_else_is_there()
    {
        var models = new FakeModels { Local = { ["org/other"] = "/m/other", [ModelPolicy.DefaultEmbeddingModel] = "/m/default" } };
        Assert.Equal(new ModelChoice("org/other", "/m/other", null), await Choose(models, Vectors));
    }

    [Fact]
    public async Task Index_without_vectors_stays_so_and_the_notice_says_how_to_change_it()
    {
        var models = new FakeModels { Reachable = true, Local = { [ModelPolicy.DefaultEmbeddingModel] = "/m/default" } };
        ModelChoice choice = await Choose(models, Words);
        Assert.Null(choice.Folder);
        Assert.Contains("--embedding-model", choice.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_whose_encoder_is_gone_is_an_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<UnavailableException>(() => Choose(new FakeModels { Reachable = true }, Vectors));
        Assert.Contains("org/other", error.Message, StringComparison.Ordinal);
        Assert.Contains("--embedding-model none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Default_on_this_machine_is_taken_without_asking_anybody()
    {
        var models = new FakeModels { Local = { [ModelPolicy.DefaultEmbeddingModel] = "/m/default" } };
        Assert.Equal("/m/default", (await Choose(models, null)).Folder);
        Assert.Equal(0, models.Asked);
    }

    [Fact]
    public async Task Default_is_fetched_where_the_hub_answers()
    {
        var models = new FakeModels { Reachable = true, Remote = { [ModelPolicy.DefaultEmbeddingModel] = "/m/default" } };
        Assert.Equal("/m/default", (await Choose(models, null)).Folder);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Default_that_cannot_be_had_leaves_words_alone_and_one_line(bool reachable, bool offline)
    {
        var models = new FakeModels { Reachable = reachable, Offline = offline };
        ModelChoice choice = await Choose(models, null);
        Assert.Null(choice.Folder);
        Assert.Contains("by words alone", choice.Notice, StringComparison.Ordinal);
        Assert.Contains(ModelPolicy.DefaultEmbeddingModel, choice.Notice, StringComparison.Ordinal);
        Assert.Equal(offline ? 0 : 1, models.Asked);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Default_that_cannot_be_had_leaves_the_starter_where_there_is_one(bool reachable, bool offline)
    {
        var models = new FakeModels { Reachable = reachable, Offline = offline };
        ModelChoice choice = await Policy(models, new RagOptions { Documents = "." }, null, "/box").ChooseEmbedderAsync(null, CancellationToken.None);
        Assert.Equal((Starter.StarterModels.EmbedderName, "/box"), (choice.Reference, choice.Folder));
        Assert.Contains("in the box", choice.Notice, StringComparison.Ordinal);
        Assert.Contains(ModelPolicy.DefaultEmbeddingModel, choice.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_made_with_the_starter_keeps_it_though_the_hub_answers_by_now()
    {
        var models = new FakeModels { Reachable = true, Remote = { [ModelPolicy.DefaultEmbeddingModel] = "/better" } };
        BuiltWith built = new(Starter.StarterModels.EmbedderName, true, Starter.StarterModels.EmbedderName);
        ModelChoice choice = await Policy(models, new RagOptions { Documents = "." }, null, "/box").ChooseEmbedderAsync(built, CancellationToken.None);
        Assert.Equal("/box", choice.Folder);
        Assert.Null(choice.Notice);
        Assert.Equal(0, models.Asked);
    }

    [Fact]
    public async Task Index_made_with_an_earlier_default_keeps_it()
    {
        const string earlier = "sentence-transformers/all-MiniLM-L6-v2";
        Assert.NotEqual(earlier, ModelPolicy.DefaultEmbeddingModel);
        var models = new FakeModels { Reachable = true, Local = { [earlier] = "/m/earlier" }, Remote = { [ModelPolicy.DefaultEmbeddingModel] = "/better" } };
        Assert.Equal(new ModelChoice(earlier, "/m/earlier", null), await Choose(models, new BuiltWith(earlier, true, earlier)));
        Assert.Equal(0, models.Asked);
    }

    [Fact]
    public async Task Gguf_file_is_a_model_by_itself()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".gguf");
        await File.WriteAllBytesAsync(file, [1]);
        try
        {
            var options = new RagOptions { Documents = ".", ChatModel = file };
            Assert.Equal(new ModelChoice(file, file, null), await Policy(new FakeModels(), options, null).ChooseChatModelAsync(hasReader: false, CancellationToken.None));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Language_model_is_never_fetched_unasked()
    {
        var models = new FakeModels { Reachable = true };
        Assert.Null((await Policy(models, new RagOptions { Documents = "." }, null).ChooseChatModelAsync(hasReader: false, CancellationToken.None)).Folder);
        Assert.Equal(0, models.Asked);
    }

    [Fact]
    public async Task No_language_model_is_said_in_one_line()
    {
        ModelChoice choice = await Policy(new FakeModels(), new RagOptions { Documents = "." }, null).ChooseChatModelAsync(hasReader: false, CancellationToken.None);
        Assert.Null(choice.Folder);
        Assert.Contains("--model", choice.Notice, StringComparison.Ordinal);
    }

    private static Task<ModelChoice> Choose(FakeModels models, BuiltWith? built, string? option = null, string? variable = null) =>
        Policy(models, new RagOptions { Documents = ".", EmbeddingModel = option }, variable).ChooseEmbedderAsync(built, CancellationToken.None);

    private static ModelPolicy Policy(FakeModels models, RagOptions options, string? variable, string? starter = null) =>
        new(options, models, name => name == ModelPolicy.EmbeddingModelVariable ? variable : null, starter);

    private sealed class FakeModels : IModelSource
    {
        public Dictionary<string, string> Local { get; } = [];

        public Dictionary<string, string> Remote { get; } = [];

        public bool Reachable { get; init; }

        public bool Offline { get; init; }

        public int Asked { get; private set; }

        public string? FindLocal(string nameOrPath) => Local.GetValueOrDefault(nameOrPath);

        public Task<string> ResolveAsync(string nameOrPath, CancellationToken cancellationToken) =>
            Local.TryGetValue(nameOrPath, out string? folder) || (Reachable && Remote.TryGetValue(nameOrPath, out folder))
                ? Task.FromResult(folder)
                : Task.FromException<string>(new UnavailableException($"The model {nameOrPath} cannot be had."));

        public Task<bool> IsReachableAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(Reachable);
        }
    }
}
