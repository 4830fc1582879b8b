using Microsoft.Extensions.AI;
using Rag.Index;
using Rag.Models;
using Rag.Models.Configuration;
using Rag.Runtime.Embedding;
using Rag.Runtime.Embedding.Modules;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Embedding;

/// <summary>What follows the pooling, as a folder's files say.</summary>
public sealed class SentenceModulesTests
{
    [Theory]
    [InlineData("torch.nn.modules.linear.Identity", -0.5f)]
    [InlineData("torch.nn.modules.activation.Tanh", -0.46211715f)]
    [InlineData("torch.nn.modules.activation.ReLU", 0f)]
    [InlineData("torch.nn.modules.activation.GELU", -0.15426877f)]
    [InlineData("torch.nn.modules.activation.SiLU", -0.18877033f)]
    [InlineData("torch.nn.modules.activation.Sigmoid", 0.37754068f)]
    public void Dense_activates_as_the_class_is_named(string activation, float expected)
    {
        using TemporaryFolder folder = new();
        WriteDense(folder, "2_Dense", $$"""{"in_features": 2, "out_features": 1, "bias": true, "activation_function": "{{activation}}"}""", [1, 2], [-3.5f]);
        WriteModules(folder, ("2_Dense", "sentence_transformers.models.Dense"));
        TinyLlama.Write(folder.FolderPath);
        VectorSteps steps = VectorSteps.Load(ModelFolder.Open(folder.FolderPath).SentenceTransformer!.After, 2, folder.FolderPath);
        Assert.Equal(expected, Assert.Single(steps.Apply([1, 1])), 1e-6f);
    }

    [Fact]
    public void Layer_norm_and_dense_stand_in_the_order_of_the_files()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("2_LayerNorm"));
        File.WriteAllText(folder.File("2_LayerNorm", "config.json"), """{"dimension": 2}""");
        SafetensorsWriter.Write(folder.File("2_LayerNorm", "model.safetensors"), [("norm.weight", [2], [2, 3]), ("norm.bias", [2], [0, 1])]);
        WriteDense(folder, "3_Dense", """{"in_features": 2, "out_features": 3, "bias": false, "activation_function": "torch.nn.modules.linear.Identity"}""", [1, 0, 0, 1, 1, 1], null);
        WriteModules(folder, ("2_LayerNorm", "a.LayerNorm"), ("3_Dense", "b.Dense"), ("4_Normalize", "c.Normalize"));
        TinyLlama.Write(folder.FolderPath);
        SentenceTransformerConfiguration files = ModelFolder.Open(folder.FolderPath).SentenceTransformer!;
        Assert.True(files.Normalize);
        VectorSteps steps = VectorSteps.Load(files.After, 2, folder.FolderPath);

        // (3, 5) has the mean 4 and the deviation 1: (-1, 1), times (2, 3), plus (0, 1).
        float norm = MathF.Sqrt(4 + 16 + 4);
        Assert.Equal([-2 / norm, 4 / norm, 2 / norm], steps.Apply([3, 5]), (a, b) => Math.Abs(a - b) < 1e-5f);
        Assert.Equal((3, ", layer norm, dense 3, normalised"), (steps.Dimensions, steps.Name));
    }

    [Fact]
    public async Task Tokens_of_a_prompt_stay_out_of_the_pooling_where_the_files_say_so()
    {
        using TemporaryFolder folder = new();
        string with = folder.File("with"), without = folder.File("without");
        const string prompts = """{"prompts": {"query": "keeper: "}}""";
        TinyBert.Write(with, prompts: prompts);
        TinyBert.Write(without, prompts: prompts);
        string pooling = Path.Combine(without, "1_Pooling", "config.json");
        File.WriteAllText(pooling, File.ReadAllText(pooling).Replace("{", """{"include_prompt": false, """, StringComparison.Ordinal));
        using SentenceEmbedder plain = SentenceEmbedder.Load(with);
        using SentenceEmbedder embedder = SentenceEmbedder.Load(without);
        using var encoder = Rag.Runtime.Sessions.OnnxEncoder.Load(ModelFolder.Open(with));

        // [CLS] keeper : harbour fire [SEP]
        const string text = "keeper: harbour fire";
        long[] ids = [.. embedder.Tokenize(text).Select(id => (long)id)];
        float[] states = new float[ids.Length * encoder.HiddenSize];
        encoder.Run(ids, [.. ids.Select(_ => 1L)], 1, ids.Length, states);
        float[] expected = new float[encoder.HiddenSize];
        new Pooling([PoolingKind.Mean], encoder.HiddenSize, normalize: true).Apply(states.AsSpan(3 * encoder.HiddenSize), expected);
        Assert.Equal(6, ids.Length);
        Assert.Equal(expected, await VectorAsync(embedder, text), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.NotEqual(await VectorAsync(plain, text), await VectorAsync(embedder, text));
        Assert.Equal(await VectorAsync(plain, "harbour fire"), await VectorAsync(embedder, "harbour fire"));
    }

    [Fact]
    public void Identity_changes_with_the_numbers_of_a_dense_module()
    {
        using TemporaryFolder folder = new();
        string first = IdentityHash(folder.File("a"), 1);
        string second = IdentityHash(folder.File("b"), 2);
        Assert.NotEqual(first, second);

        static string IdentityHash(string path, float value)
        {
            TinyBert.Write(path);
            Directory.CreateDirectory(Path.Combine(path, "3_Dense"));
            File.WriteAllText(Path.Combine(path, "3_Dense", "config.json"), """{"in_features": 16, "out_features": 1, "bias": false, "activation_function": "torch.nn.modules.activation.Tanh"}""");
            SafetensorsWriter.Write(Path.Combine(path, "3_Dense", "model.safetensors"), [("linear.weight", [1, 16], [.. Enumerable.Repeat(value, 16)])]);
            string modules = Path.Combine(path, "modules.json");
            File.WriteAllText(modules, File.ReadAllText(modules).TrimEnd().TrimEnd(']') + """, {"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"}]""");
            using SentenceEmbedder embedder = SentenceEmbedder.Load(path);
            EmbeddingIdentity identity = embedder.GetRequiredService<EmbeddingIdentity>();
            Assert.Equal((1, "mean, normalised, dense 1 tanh"), (identity.Dimensions, identity.Pooling));
            return identity.WeightsHash;
        }
    }

    [Fact]
    public void Modules_that_do_not_fit_or_are_not_known_are_named()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.FolderPath);
        WriteModules(folder, ("1_Pooling", "Pooling"), ("2_Dense", "Dense"));
        WriteDense(folder, "2_Dense", """{"in_features": 2, "out_features": 1, "bias": false, "activation_function": "torch.nn.Identity"}""", [1, 2], null);
        Assert.Contains("takes vectors of 2, but gets 16", Assert.Throws<IncompatibleException>(() => SentenceEmbedder.Load(folder.FolderPath)).Message, StringComparison.Ordinal);

        WriteDense(folder, "2_Dense", """{"in_features": 16, "out_features": 1, "bias": false, "activation_function": "torch.nn.Identity"}""", [1, 2], null);
        Assert.Contains("asks for the shape [1, 16]", Assert.Throws<IncompatibleException>(() => SentenceEmbedder.Load(folder.FolderPath)).Message, StringComparison.Ordinal);

        File.Delete(folder.File("2_Dense", "model.safetensors"));
        Assert.Contains("has no model.safetensors", Assert.Throws<UnavailableException>(() => SentenceEmbedder.Load(folder.FolderPath)).Message, StringComparison.Ordinal);

        WriteDense(folder, "2_Dense", """{"in_features": 2, "out_features": 1, "activation_function": "my.Code"}""", [1, 2], null);
        Assert.Contains("'Code' is not supported", Assert.Throws<UnsupportedException>(() => SentenceEmbedder.Load(folder.FolderPath)).Message, StringComparison.Ordinal);

        WriteModules(folder, ("1_Pooling", "Pooling"), ("2_SpladePooling", "sentence_transformers.sparse_encoder.models.SpladePooling"));
        Assert.Contains("'SpladePooling'", Assert.Throws<UnsupportedException>(() => SentenceEmbedder.Load(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_language_model_without_modules_is_no_embedding_model()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.FolderPath, modules: false);
        TinyLlama.Write(folder.FolderPath);
        Assert.Contains("is a language model", Assert.Throws<UnsupportedException>(() => SentenceEmbedder.Load(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    private static async Task<float[]> VectorAsync(SentenceEmbedder embedder, string text) =>
        (await embedder.GenerateVectorAsync(text, cancellationToken: TestContext.Current.CancellationToken)).ToArray();

    private static void WriteModules(TemporaryFolder folder, params (string Path, string Type)[] modules) =>
        File.WriteAllText(folder.File("modules.json"), $"[{string.Join(",", modules.Select(module => $$"""{"path": "{{module.Path}}", "type": "{{module.Type}}"}"""))}]");

    private static void WriteDense(TemporaryFolder folder, string name, string config, float[] weight, float[]? bias)
    {
        Directory.CreateDirectory(folder.File(name));
        File.WriteAllText(folder.File(name, "config.json"), config);
        int outputs = bias?.Length ?? (weight.Length / 2);
        SafetensorsWriter.Write(
            folder.File(name, "model.safetensors"),
            [("linear.weight", [outputs, weight.Length / outputs], weight), .. bias is null ? [] : new (string, long[], float[])[] { ("linear.bias", [outputs], bias) }]);
    }
}
