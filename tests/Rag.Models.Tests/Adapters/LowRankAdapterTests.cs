using Rag.Models.Adapters;
using Rag.Tests.Support;
using SafetensorsWriter = Rag.Tests.Support.SafetensorsWriter;

namespace Rag.Models.Tests.Adapters;

public sealed class LowRankAdapterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("""{"peft_type":"IA3"}""", "IA3")]
    [InlineData("""{"peft_type":"ADALORA","r":2}""", "ADALORA")]
    [InlineData("""{"peft_type":"LORA","r":2,"use_dora":true}""", "use_dora")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_bias":true}""", "lora_bias")]
    [InlineData("""{"peft_type":"LORA","r":2,"bias":"lora_only"}""", "lora_only")]
    [InlineData("""{"peft_type":"LORA","r":2,"modules_to_save":["lm_head"]}""", "modules_to_save")]
    [InlineData("""{"peft_type":"LORA","r":2,"trainable_token_indices":[1]}""", "trainable_token_indices")]
    [InlineData("""{"peft_type":"LORA","r":2,"layer_replication":[[0,2]]}""", "layer_replication")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_parameters":["experts.down_proj"]}""", "target_parameters")]
    [InlineData("""{"peft_type":"LORA","r":2,"init_lora_weights":"pissa"}""", "pissa")]
    [InlineData("""{"peft_type":"LORA","r":2,"rank_pattern":{"(?=a)b":1}}""", "(?=a)b")]
    public void Open_of_a_kind_that_is_not_supported_says_so_by_name(string config, string named)
    {
        Write(config);
        Assert.Contains(named, Assert.Throws<UnsupportedException>(() => LowRankAdapter.Open(_folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"peft_type":"LORA","r":4}""")]
    [InlineData("""{"peft_type":"LORA","r":0}""")]
    [InlineData("""{"peft_type":"LORA","r":"2"}""")]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":true}""")]
    [InlineData("""{"peft_type":"LORA","r":2,"rank_pattern":{"q_proj":3}}""")]
    [InlineData("""{"peft_type":"LORA","r":2,"rank_pattern":{"q_proj":-2}}""")]
    [InlineData("""{"peft_type":"LORA","r":2,"rank_pattern":{"(q":2}}""")]
    [InlineData("""{"r":2}""")]
    [InlineData("""[]""")]
    [InlineData("""{""")]
    public void Open_where_file_and_configuration_contradict_each_other_is_corrupt(string config)
    {
        Write(config);
        Assert.Throws<CorruptException>(() => LowRankAdapter.Open(_folder.FolderPath));
    }

    [Theory]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":6,"use_dora":false,"bias":"none","modules_to_save":[],"loftq_config":{},"init_lora_weights":true}""", 3)]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":6,"use_rslora":true}""", 4.2426405f)]
    [InlineData("""{"peft_type":"LORA","r":9,"lora_alpha":6,"rank_pattern":{"k_proj":5,"self_attn.q_proj":2}}""", 3)]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":6,"alpha_pattern":{"layers\\.[0-9]+\\..*q_proj":8,"q_proj":1}}""", 4)]
    [InlineData("""{"peft_type":"LORA","r":2,"lora_alpha":6,"alpha_pattern":{"_proj":8}}""", 3)]
    public void Open_takes_rank_and_factor_from_the_patterns_that_name_a_module(string config, float scale)
    {
        Write(config);
        using LowRankAdapter adapter = LowRankAdapter.Open(_folder.FolderPath);
        Assert.Equal(scale, Assert.Single(adapter.Modules).Value.Scale, 1e-5f);
        Assert.Equal("model.layers.0.self_attn.q_proj", Assert.Single(adapter.Modules).Key);
    }

    [Fact]
    public void Open_of_tensors_that_are_no_pair_names_them()
    {
        Write("""{"peft_type":"LORA","r":2}""", ("base_model.model.model.embed_tokens.lora_embedding_A", [2, 3]));
        Assert.Contains("lora_embedding_A", Assert.Throws<UnsupportedException>(() => LowRankAdapter.Open(_folder.FolderPath)).Message, StringComparison.Ordinal);
        Write("""{"peft_type":"LORA","r":2}""", ("base_model.model.a.lora_A.weight", [2, 3]));
        Assert.ThrowsAny<RagException>(() => LowRankAdapter.Open(_folder.FolderPath));
        File.Delete(_folder.File("adapter_model.safetensors"));
        Assert.Throws<UnavailableException>(() => LowRankAdapter.Open(_folder.FolderPath));
        File.WriteAllText(_folder.File("adapter_model.bin"), "x");
        Assert.Contains("pickle", Assert.Throws<UnsupportedException>(() => LowRankAdapter.Open(_folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string config, params (string Name, long[] Shape)[] others)
    {
        File.WriteAllText(_folder.File("adapter_config.json"), config);
        (string, long[], float[])[] pair =
        [
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", [2, 3], new float[6]),
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", [4, 2], new float[8]),
        ];
        SafetensorsWriter.Write(
            _folder.File("adapter_model.safetensors"), [.. pair, .. others.Select(tensor => (tensor.Name, tensor.Shape, new float[tensor.Shape.Aggregate(1L, (a, b) => a * b)]))]);
    }
}
