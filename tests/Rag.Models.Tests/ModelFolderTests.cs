using Rag.Models.Configuration;
using Rag.Models.Graphs;
using Rag.Tests.Support;

namespace Rag.Models.Tests;

public sealed class ModelFolderTests
{
    [Fact]
    public void Open_TinyLlama_ReadsItsConfiguration()
    {
        using TemporaryFolder folder = new();
        TinyLlama.Write(folder.FolderPath);
        File.WriteAllText(folder.File("tokenizer.json"), "{}");
        File.WriteAllText(folder.File("tokenizer_config.json"), """
            {"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "model_max_length": 1000000000000000019884624838656,
             "chat_template": [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]}
            """);
        ModelFolder model = ModelFolder.Open(folder.FolderPath);
        Assert.Equal("llama", model.ModelType);
        Assert.Equal([2], model.Generation.EosTokenIds);
        Assert.Equal(1, model.Generation.BosTokenId);
        Assert.Equal(0, model.Generation.PadTokenId);
        Assert.Equal(folder.File("tokenizer.json"), model.TokenizerPath);
        Assert.Equal(("<s>", "</s>", "D", null), (model.Tokenizer.BosToken, model.Tokenizer.EosToken, model.Tokenizer.ChatTemplate, model.Tokenizer.ModelMaxLength));
        Assert.Null(model.SentenceTransformer);
    }

    [Theory]
    [InlineData("""{"eos_token_id": [128001, 128009], "bos_token_id": 128000, "pad_token_id": -1}""", new[] { 128001, 128009 }, 128000, null)]
    [InlineData("""{"eos_token_id": null}""", new[] { 9 }, 8, 7)]
    [InlineData("""{}""", new[] { 9 }, 8, 7)]
    public void Open_GenerationConfiguration_FallsBackToTheModels(string generation, int[] eos, int? bos, int? pad)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("config.json"), $$"""{"model_type": "llama", "eos_token_id": 9, "bos_token_id": 8, "pad_token_id": {{(pad is null ? "null" : "7")}}}""");
        File.WriteAllText(folder.File("generation_config.json"), generation);
        GenerationConfiguration read = ModelFolder.Open(folder.FolderPath).Generation;
        Assert.Equal(eos, read.EosTokenIds);
        Assert.Equal(bos, read.BosTokenId);
        Assert.Equal(pad, read.PadTokenId);
    }

    [Theory]
    [InlineData(null, "no config.json")]
    [InlineData("", "is empty")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "lacks the key 'model_type'")]
    [InlineData("""{"model_type": 3}""", "'model_type' must be a text, but is 3")]
    [InlineData("""{"model_type": "\ud800"}""", "not valid JSON")]
    [InlineData("""{"model_type": "llama", "\uDC00": 1}""", "not valid JSON")]
    [InlineData("""{"model_type": "llama", "eos_token_id": "x"}""", "'eos_token_id' must be a token id")]
    public void Open_BadConfiguration_SaysWhatIsWrong(string? config, string message)
    {
        using TemporaryFolder folder = new();
        if (config is not null)
        {
            File.WriteAllText(folder.File("config.json"), config);
        }

        Assert.Contains(message, Assert.ThrowsAny<RagException>(() => ModelFolder.Open(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AbsentFolderOrAFile_SaysSo()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("file"), "");
        Assert.Contains("no model folder", Assert.Throws<UnavailableException>(() => ModelFolder.Open(folder.File("x"))).Message, StringComparison.Ordinal);
        Assert.Contains("no model folder", Assert.Throws<UnavailableException>(() => ModelFolder.Open(folder.File("file"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SentenceEncoder_ReadsItsModules()
    {
        ModelFolder model = ModelFolder.Open(SharedData.Require("models", "all-MiniLM-L6-v2"));
        Assert.Equal("bert", model.ModelType);
        Assert.Equal([PoolingKind.Mean], model.SentenceTransformer!.Pooling);
        Assert.True(model.SentenceTransformer.Normalize);
        Assert.Equal(256, model.SentenceTransformer.MaxSequenceLength);
    }

    [Fact]
    public void Open_NewSpellingOfModules_IsReadAlike()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("config.json"), """{"model_type": "bert"}""");
        File.WriteAllText(folder.File("modules.json"), """
            [{"path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
             {"path": "1_Pooling", "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"}]
            """);
        Directory.CreateDirectory(folder.File("1_Pooling"));
        File.WriteAllText(folder.File("1_Pooling", "config.json"), """{"embedding_dimension": 8, "pooling_mode": "lasttoken"}""");
        File.WriteAllText(folder.File("config_sentence_transformers.json"), """{"prompts": {"query": "query: ", "document": ""}}""");
        SentenceTransformerConfiguration read = ModelFolder.Open(folder.FolderPath).SentenceTransformer!;
        Assert.Equal([PoolingKind.LastToken], read.Pooling);
        Assert.False(read.Normalize);
        Assert.Equal("query: ", read.Prompts["query"]);
    }

    [Theory]
    [InlineData("""{"pooling_mode": "cls+max", "include_prompt": false}""", false)]
    [InlineData("""{"pooling_mode": ["cls", "max"], "include_prompt": false}""", false)]
    [InlineData("""{"pooling_mode_cls_token": true, "pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": false}""", true)]
    public void Open_SeveralPoolingsInAnySpelling_AreRead(string pooling, bool prompt)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("config.json"), """{"model_type": "roberta"}""");
        File.WriteAllText(folder.File("modules.json"), """[{"path": "", "type": "Transformer"}, {"path": "1_Pooling", "type": "Pooling"}, {"path": "2_Normalize", "type": "Normalize"}]""");
        File.WriteAllText(folder.File("sentence_roberta_config.json"), """{"max_seq_length": 128}""");
        Directory.CreateDirectory(folder.File("1_Pooling"));
        File.WriteAllText(folder.File("1_Pooling", "config.json"), pooling);
        SentenceTransformerConfiguration read = ModelFolder.Open(folder.FolderPath).SentenceTransformer!;
        Assert.Equal([PoolingKind.Cls, PoolingKind.Max], read.Pooling);
        Assert.Equal((true, prompt, 128), (read.Normalize, read.IncludePrompt, read.MaxSequenceLength));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("..")]
    public void Open_ModulePathOutOfTheFolder_IsRefused(string path)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("config.json"), """{"model_type": "bert"}""");
        File.WriteAllText(folder.File("modules.json"), $$"""[{"path": "{{path}}", "type": "Pooling"}]""");
        Assert.Contains("plain folder name", Assert.Throws<CorruptException>(() => ModelFolder.Open(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    /// <summary>Every model folder of the reference set can be opened, whatever its family.</summary>
    [Fact]
    public void Open_EveryFixtureFolder_Succeeds()
    {
        string root = SharedData.Require("fixtures", "models");
        foreach (string folder in Directory.EnumerateDirectories(root).Where(f => File.Exists(Path.Combine(f, "config.json"))))
        {
            Assert.NotEmpty(ModelFolder.Open(folder).ModelType);
        }
    }

    [Fact]
    public void Write_UnknownFamily_ListsTheSupportedOnes()
    {
        using TemporaryFolder folder = new();
        TinyLlama.Write(folder.FolderPath);
        Edit(folder, "\"llama\"", "\"lamma\"");
        string message = Assert.Throws<UnsupportedException>(() => ModelGraph.Write(ModelFolder.Open(folder.FolderPath))).Message;
        Assert.Contains("'lamma' is not supported; these are: albert, bert, bloom, ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"vocab_size\": 64", "\"vocab_size\": 65", "holds the tensor 'model.embed_tokens.weight' as F32 [64, 32], but config.json asks for the shape [65, 32]")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "lacks the tensor 'model.layers.2.input_layernorm.weight', which config.json asks for with the shape [32]")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 0", "'num_hidden_layers' must be a whole number from 1")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2000000000", "'num_hidden_layers' must be a whole number from 1")]
    [InlineData("\"num_key_value_heads\": 1", "\"num_key_value_heads\": 3", "must be a divisor of num_attention_heads, 2")]
    [InlineData("\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "must be a divisor of hidden_size, 32")]
    [InlineData("\"rope_scaling\": null", "\"rope_scaling\": {\"type\": \"linear\"}", "lacks the key 'factor'")]
    [InlineData("\"rope_scaling\": null", "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}", "'factor' must be above 0")]
    [InlineData("\"rope_scaling\": null", "\"rope_scaling\": {\"type\": \"twisted\"}", "the rotary scaling 'twisted' is not supported; default, linear, dynamic, yarn, longrope and llama3 are")]
    [InlineData("\"hidden_act\": \"silu\"", "\"hidden_act\": \"mish\"", "the activation 'mish' (hidden_act) is not supported")]
    [InlineData("\"rope_theta\": 10000.0", "\"rope_theta\": -1", "'rope_theta' must be above 0")]
    public void Write_ConfigurationThatDoesNotFit_SaysWhere(string from, string to, string message)
    {
        using TemporaryFolder folder = new();
        TinyLlama.Write(folder.FolderPath);
        Edit(folder, from, to);
        RagException error = Assert.ThrowsAny<RagException>(() => ModelGraph.Write(ModelFolder.Open(folder.FolderPath)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.FolderPath, error.Message, StringComparison.Ordinal);
    }

    private static void Edit(TemporaryFolder folder, string from, string to)
    {
        string config = File.ReadAllText(folder.File("config.json"));
        Assert.Contains(from, config, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config.Replace(from, to, StringComparison.Ordinal));
    }
}
