using System.Text.Json;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Gguf.Mapping;
using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Formats.Gguf.Mapping;

public sealed class GgufModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Models =>
        SharedData.Find("fixtures", "gguf", "models") is { } root && Directory.GetDirectories(root) is { Length: > 0 } folders
            ? [.. folders.Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)]
            : ["llama-f16"];

    public static TheoryData<string, string> BadFiles => GgufFileTests.BadFiles;

    [Theory]
    [MemberData(nameof(Models))]
    public void OpenWeights_EveryModel_HasEveryTensorUnderTheNameOfACheckpoint(string name)
    {
        ModelFolder model = Open(SharedData.Require("fixtures", "gguf", "models", name, "model.gguf"));
        using SafetensorsFolder weights = model.OpenWeights();
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures", "gguf", "models", name, "expected.json")));
        Assert.NotNull(model.GgufTokenizer);
        Assert.All(weights.Names, tensor => Assert.Matches(@"^(model|transformer)\.|^lm_head\.weight$", tensor));
        Assert.All(weights.Names, tensor => Assert.DoesNotMatch("[#@]", tensor));

        // Experts are one tensor there and many here; divisors of frequencies are configuration here.
        int experts = model.Configuration.Count("num_local_experts", 1);
        string[] stored = [.. expected.RootElement.GetProperty("tensor_types").EnumerateObject().Select(property => property.Name).Where(tensor => tensor != "rope_freqs.weight")];
        Assert.Equal(stored.Sum(tensor => tensor.Contains("_exps.", StringComparison.Ordinal) ? experts : 1), weights.Names.Count);
    }

    [Fact]
    public void OpenWeights_TwoFilesOfOneModel_DifferByRoundingAlone()
    {
        using SafetensorsFolder exact = Open(SharedData.Require("fixtures", "gguf", "models", "llama-f32", "model.gguf")).OpenWeights();
        using SafetensorsFolder rounded = Open(SharedData.Require("fixtures", "gguf", "models", "llama-q8_0", "model.gguf")).OpenWeights();
        Assert.Equal(exact.Names.Order(), rounded.Names.Order());
        foreach (string name in exact.Names)
        {
            float[] values = exact.ReadSingles(name);
            float largest = values.Max(MathF.Abs);
            Assert.All(values.Zip(rounded.ReadSingles(name)), pair => Assert.InRange(pair.Second, pair.First - (largest / 127), pair.First + (largest / 127)));
        }
    }

    [Fact]
    public void PairedRow_UndoesTheNeighbouringPairsOfTheConverter()
    {
        // The converter takes dimension i and i + n/2 of a head to 2i and 2i + 1.
        const int Heads = 3;
        const int Size = 8;
        long[] converted = new long[Heads * Size];
        for (int head = 0; head < Heads; head++)
        {
            for (int i = 0; i < Size / 2; i++)
            {
                converted[(head * Size) + (2 * i)] = (head * Size) + i;
                converted[(head * Size) + (2 * i) + 1] = (head * Size) + i + (Size / 2);
            }
        }

        Assert.Equal(Enumerable.Range(0, Heads * Size).Select(row => (long)row), Enumerable.Range(0, Heads * Size).Select(row => converted[MappedTensor.PairedRow(row, Size)]));
    }

    [Fact]
    public void OpenWeights_KindsOfChange_AreUndone()
    {
        ModelFolder gpt = Open(SharedData.Require("fixtures", "gguf", "models", "gpt2-f16", "model.gguf"));
        using (SafetensorsFolder weights = gpt.OpenWeights())
        using (GgufFile file = GgufFile.Open(gpt.FolderPath))
        {
            float[] stored = file.ReadSingles(file.Require("blk.0.attn_qkv.weight"));
            float[] turned = weights.ReadSingles("transformer.h.0.attn.c_attn.weight");
            Assert.Equal([64L, 192], weights.Find("transformer.h.0.attn.c_attn.weight")!.Shape);
            Assert.Equal(stored[(5 * 64) + 7], turned[(7 * 192) + 5]);
        }

        ModelFolder gemma = Open(SharedData.Require("fixtures", "gguf", "models", "gemma2-f16", "model.gguf"));
        using (SafetensorsFolder weights = gemma.OpenWeights())
        using (GgufFile file = GgufFile.Open(gemma.FolderPath))
        {
            Assert.Equal(file.ReadSingles(file.Require("output_norm.weight")).Select(value => value - 1), weights.ReadSingles("model.norm.weight"));
        }

        ModelFolder experts = Open(SharedData.Require("fixtures", "gguf", "models", "llama-moe-q4_0", "model.gguf"));
        using (SafetensorsFolder weights = experts.OpenWeights())
        using (GgufFile file = GgufFile.Open(experts.FolderPath))
        {
            float[] all = file.ReadSingles(file.Require("blk.1.ffn_up_exps.weight"));
            Assert.Equal(all[(2 * 64 * 64)..(3 * 64 * 64)], weights.ReadSingles("model.layers.1.block_sparse_moe.experts.2.w3.weight"));
        }
    }

    [Fact]
    public void Open_Metadata_BecomeConfiguration()
    {
        ModelFolder llama = Open(SharedData.Require("fixtures", "gguf", "models", "llama-f16", "model.gguf"));
        Assert.Equal("llama", llama.ModelType);
        Assert.Equal((64, 512, 2, 4, 2), (llama.Configuration.RequireCount("hidden_size"), llama.Configuration.RequireCount("vocab_size"), llama.Configuration.RequireCount("num_hidden_layers"),
            llama.Configuration.RequireCount("num_attention_heads"), llama.Configuration.RequireCount("num_key_value_heads")));
        Assert.Equal(1e-5f, (float)llama.Configuration.RequireDouble("rms_norm_eps"));
        Assert.False(llama.Configuration.Boolean("tie_word_embeddings", absent: true));
        Assert.Equal([2], llama.Generation.EosTokenIds);
        Assert.Equal("<s>", llama.Tokenizer.BosToken);
        Assert.Null(llama.TokenizerPath);
        ModelFolder qwen = Open(SharedData.Require("fixtures", "gguf", "models", "qwen2-f16", "model.gguf"));
        Assert.True(qwen.Configuration.Boolean("tie_word_embeddings", absent: false));
        ModelFolder rope = Open(SharedData.Require("fixtures", "gguf", "models", "llama3-rope-f16", "model.gguf"));
        Assert.Equal(8, rope.Configuration.Section("rope_scaling")!.Root.GetProperty("short_factor").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void OpenWeights_BadSet_IsRefusedOrWhole(string name, string wrong)
    {
        string path = SharedData.Require("fixtures", "gguf", "bad", name);
        Exception? error = Record.Exception(() => Open(path).OpenWeights().Dispose());
        Assert.True(error is CorruptException or UnsupportedException, $"{wrong}: {error}");
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        if (wrong.StartsWith("no general.architecture", StringComparison.Ordinal))
        {
            Assert.Contains("general.architecture", error.Message, StringComparison.Ordinal);
            Assert.IsType<CorruptException>(error);
        }
    }

    [Fact]
    public void OpenWeights_ASecondTime_TakesTheCacheAndAChangedFileDoesNot()
    {
        string path = _folder.File("m.gguf");
        TinyFile(value: 1).Write(path);
        Assert.Equal(1, First());
        string cached = Assert.Single(Directory.GetFiles(_folder.File("cache"), "*.safetensors", SearchOption.AllDirectories));
        DateTime written = File.GetLastWriteTimeUtc(cached);
        Assert.Equal(1, First());
        Assert.Equal(written, File.GetLastWriteTimeUtc(cached));
        TinyFile(value: 2).Write(path);
        Assert.Equal(2, First());
        Assert.Equal(2, Directory.GetFiles(_folder.File("cache"), "*.safetensors", SearchOption.AllDirectories).Length);

        float First()
        {
            using SafetensorsFolder weights = Open(path).OpenWeights();
            return weights.ReadSingles("model.embed_tokens.weight")[0];
        }
    }

    [Fact]
    public void OpenWeights_AnUnknownTensor_IsNamed()
    {
        TinyFile(1).AddSingles("blk.0.strange.weight", [1], [0]).Write(_folder.File("m.gguf"));
        Assert.Contains("blk.0.strange.weight", Assert.Throws<UnsupportedException>(() => Open(_folder.File("m.gguf")).OpenWeights()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("block_count")]
    [InlineData("attention.head_count")]
    [InlineData("context_length")]
    public void Open_AMissingOrImpossibleCount_IsNamed(string key)
    {
        TinyFile(1, without: key).Write(_folder.File("m.gguf"));
        Assert.Contains("llama." + key, Assert.Throws<CorruptException>(() => Open(_folder.File("m.gguf"))).Message, StringComparison.Ordinal);
        TinyFile(1, without: key).Add("llama." + key, 0u).Write(_folder.File("m.gguf"));
        Assert.Contains("llama." + key, Assert.Throws<CorruptException>(() => Open(_folder.File("m.gguf"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token_embd.weight", new long[] { 1L << 40, 0 }, "values")]
    [InlineData("blk.0.attn_q.weight", new long[] { 6, 2 }, "2 heads")]
    public void OpenWeights_ATensorThatDoesNotFit_IsNamed(string name, long[] shape, string what)
    {
        GgufWriter writer = new GgufWriter().Add("general.architecture", "llama");
        foreach (string key in new[] { "block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count" })
        {
            writer.Add("llama." + key, 2u);
        }

        writer.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f).AddSingles(name, shape, new float[shape[0] * shape[1]]);
        if (name != "token_embd.weight")
        {
            writer.AddSingles("token_embd.weight", [1, 1], [1]);
        }

        writer.Write(_folder.File("m.gguf"));
        string message = Assert.Throws<IncompatibleException>(() => Open(_folder.File("m.gguf")).OpenWeights()).Message;
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(0f)]
    public void Open_DivisorsOfFrequenciesThatAreNone_AreCorrupt(float value)
    {
        TinyFile(1).AddSingles("rope_freqs.weight", [1], [value]).Write(_folder.File("m.gguf"));
        Assert.Contains("rope_freqs.weight", Assert.Throws<CorruptException>(() => Open(_folder.File("m.gguf"))).Message, StringComparison.Ordinal);
        TinyFile(1).AddSingles("rope_freqs.weight", [3], [1, 1, 1]).Write(_folder.File("m.gguf"));
        Assert.Throws<CorruptException>(() => Open(_folder.File("m.gguf")));
    }

    [Fact]
    public void Open_MoreHeadsThanDimensions_IsCorrupt()
    {
        TinyFile(1, without: "attention.head_count").Add("llama.attention.head_count", 3u).Write(_folder.File("m.gguf"));
        Assert.Contains("llama.attention.head_count", Assert.Throws<CorruptException>(() => Open(_folder.File("m.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnUnknownArchitecture_IsUnsupportedByName()
    {
        new GgufWriter().Add("general.architecture", "marvin").Write(_folder.File("m.gguf"));
        string message = Assert.Throws<UnsupportedException>(() => Open(_folder.File("m.gguf"))).Message;
        Assert.Contains("marvin", message, StringComparison.Ordinal);
        Assert.Contains("llama", message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static GgufWriter TinyFile(float value, string without = "")
    {
        GgufWriter writer = new GgufWriter().Add("general.architecture", "llama");
        foreach (string key in new[] { "block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count" }.Where(key => key != without))
        {
            writer.Add("llama." + key, 2u);
        }

        return writer.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f).AddSingles("token_embd.weight", [4, 2], [value, 0, 0, 0, 0, 0, 0, 0]);
    }

    private ModelFolder Open(string path) => ModelFolder.Open(path, new GgufOptions { CacheDirectory = _folder.File("cache") });
}
