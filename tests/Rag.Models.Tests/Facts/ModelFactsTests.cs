using System.Text.Json;
using Rag.Models.Facts;
using Rag.Models.Packing;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Facts;

/// <summary>What is said of models without running them.</summary>
public sealed class ModelFactsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("llama_gqa")]
    [InlineData("llama_bf16")]
    [InlineData("llama_sharded")]
    [InlineData("llama_fp8_block")]
    [InlineData("llama_gptq_int4")]
    [InlineData("llama_gptq_actorder")]
    [InlineData("llama_awq_int4")]
    public void Read_HoweverAModelIsStored_CountsItsNumbers(string name)
    {
        string folder = SharedData.Require("fixtures", "models", name);
        ModelFacts facts = ModelFacts.Read(ModelFolder.Open(folder));
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        long Value(string key) => config.RootElement.GetProperty(key).GetInt64();
        (long hidden, long heads) = (Value("hidden_size"), Value("num_attention_heads"));
        long head = config.RootElement.TryGetProperty("head_dim", out JsonElement size) && size.ValueKind == JsonValueKind.Number ? size.GetInt64() : hidden / heads;
        long attention = (2 * heads * head * hidden) + (2 * Value("num_key_value_heads") * head * hidden);
        long layer = attention + (3 * hidden * Value("intermediate_size")) + (2 * hidden);
        Assert.Equal((2 * Value("vocab_size") * hidden) + (Value("num_hidden_layers") * layer) + hidden, facts.Parameters);
        Assert.Equal(("llama", "decoder", null), (facts.ModelType, facts.Kind, facts.Problem));
        Assert.Equal(Value("vocab_size"), facts.VocabularySize ?? 0L);
    }

    [Fact]
    public void Read_GgufFile_NamesItsTypesAndTokenizerAndWritesNothing()
    {
        string path = SharedData.Require("fixtures", "gguf", "models", "llama-q4_k_m", "model.gguf");
        ModelFacts facts = ModelFacts.Read(ModelFolder.Open(path, new Rag.Models.Formats.Gguf.GgufOptions { CacheDirectory = _folder.FolderPath }));
        Assert.Contains(facts.Storage, part => part.Type == "Q4_K");
        Assert.Equal("llama", facts.Tokenizer);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FolderPath));
    }

    [Fact]
    public void Read_UnknownFamily_SaysSoAndTheRest()
    {
        string folder = Directory.CreateDirectory(_folder.File("model")).FullName;
        TinyLlama.Write(folder);
        string config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"llama\"", "\"lama\"", StringComparison.Ordinal));
        ModelFacts facts = ModelFacts.Read(ModelFolder.Open(folder));
        Assert.Null(facts.Kind);
        Assert.Contains("lama", facts.Problem, StringComparison.Ordinal);
        Assert.True(facts.Parameters > 0);
    }

    [Fact]
    public void Packing_BeforeAndAfterItIsDone_SaysTheSame()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gptq_int4"));
        PackingFacts planned = PackingFacts.Read(folder, WeightPrecision.Int8, _folder.FolderPath);
        Assert.Null(planned.CacheFolder);
        Assert.Contains(planned.Groups, group => group.Form == "int4 in blocks of 32, as stored");
        _ = Graphs.ModelGraph.WritePacked(folder, new PackingOptions(WeightPrecision.Int8, true, _folder.FolderPath));
        PackingFacts packed = PackingFacts.Read(folder, WeightPrecision.Int8, _folder.FolderPath);
        Assert.NotNull(packed.CacheFolder);
        Assert.Equal(planned.Groups, packed.Groups);
        Assert.InRange(new FileInfo(Path.Combine(packed.CacheFolder, "model.safetensors")).Length, packed.Groups.Sum(group => group.Bytes), packed.Groups.Sum(group => group.Bytes) + 20_000);
        Assert.Throws<ArgumentOutOfRangeException>(() => PackingFacts.Read(folder, WeightPrecision.Single, _folder.FolderPath));
    }
}
