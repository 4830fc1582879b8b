using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Sampling;

public sealed class SamplingPropertiesTests
{
    /// <summary>Every name with a value other than the default of what it sets.</summary>
    private static readonly Dictionary<string, object?> All = new()
    {
        ["temperature"] = 0.5, ["top_h"] = 0.4f, ["top_k"] = 7L, ["top_p"] = 0.5m, ["min_p"] = "0.25", ["typical_p"] = 0.75, ["epsilon_cutoff"] = 0.125,
        ["eta_cutoff"] = 0.0625, ["top_n_sigma"] = 2, ["xtc_probability"] = 0.5, ["xtc_threshold"] = 0.25, ["sampling_order"] = "llama.cpp",
        ["repetition_penalty"] = 1.5, ["repeat_last_n"] = 64, ["dry_multiplier"] = 0.75, ["dry_base"] = 2, ["dry_allowed_length"] = 3, ["dry_sequence_breakers"] = new[] { 1 },
        ["no_repeat_ngram_size"] = 3.0, ["bad_words_ids"] = new List<int[]> { new[] { 1, 2 } }, ["sequence_bias"] = new[] { new SequenceBias([3, 4], 1.5f) },
        ["logit_bias"] = new Dictionary<int, float> { [5] = -1 }, ["min_length"] = 4, ["min_new_tokens"] = 5, ["allowed_token_ids"] = new[] { 1, 2, 3 },
        ["forced_bos_token_id"] = 6, ["forced_eos_token_id"] = 7, ["exponential_decay_length_penalty"] = new object[] { 8, 1.25 },
        ["suppress_tokens"] = new List<int> { 9 }, ["begin_suppress_tokens"] = new[] { 10, 11 },
    };

    [Fact]
    public void Apply_EveryName_SetsWhatItNames()
    {
        AdditionalPropertiesDictionary properties = new(All) { ["adapter"] = "other", ["logprobs"] = null, ["top_p"] = 0.5 };
        SamplingOptions options = new();
        SamplingProperties.Apply(options, properties);
        options.Validate();
        AssertAllSet(options);
        Assert.Equal(0.25f, options.MinP);
        Assert.Equal(SamplingOrder.LlamaCpp, options.Order);
        Assert.Equal([1, 2], Assert.Single(options.BadWords));
        Assert.Equal([3, 4], Assert.Single(options.SequenceBias).Tokens);
        Assert.Equal(1.5f, options.SequenceBias[0].Bias);
        Assert.Equal(-1, options.LogitBias[5]);
        Assert.Equal([7], options.ForcedEndTokens);
        Assert.Equal((8, 1.25f), (options.LengthDecayStart, options.LengthDecayFactor));
    }

    [Fact]
    public void Apply_JsonOfTheSame_SetsTheSame()
    {
        AdditionalPropertiesDictionary properties = [];
        foreach ((string name, object? value) in All)
        {
            properties[name] = JsonSerializer.SerializeToElement(value);
        }

        SamplingOptions options = new();
        properties["sequence_bias"] = JsonSerializer.SerializeToElement(new object[] { new object[] { new[] { 3, 4 }, 1.5 } });
        SamplingProperties.Apply(options, properties);
        AssertAllSet(options);
        Assert.Equal([3, 4], Assert.Single(options.SequenceBias).Tokens);
    }

    [Theory]
    [InlineData("num_beams", 4)]
    [InlineData("guidance_scale", 1.5)]
    [InlineData("renormalize_logits", true)]
    [InlineData("no such option", "x")]
    public void Apply_NameThatIsNotKnown_RefusesItByName(string name, object value)
    {
        UnsupportedException error = Assert.Throws<UnsupportedException>(() => SamplingProperties.Apply(new SamplingOptions(), new() { [name] = value }));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("min_p", true)]
    [InlineData("min_p", "much")]
    [InlineData("top_k", 1.5)]
    [InlineData("top_k", 1e300)]
    [InlineData("bad_words_ids", 5)]
    [InlineData("exponential_decay_length_penalty", 5)]
    [InlineData("exponential_decay_length_penalty", new[] { 5 })]
    [InlineData("logit_bias", new[] { 5 })]
    [InlineData("sampling_order", "backwards")]
    public void Apply_ValueOfAnotherKind_NamesTheProperty(string name, object value)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => SamplingProperties.Apply(new SamplingOptions(), new() { [name] = value }));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TopLogProbabilities_OfWhatIsAsked()
    {
        Assert.Null(SamplingProperties.TopLogProbabilities(null));
        Assert.Null(SamplingProperties.TopLogProbabilities(new() { ["logprobs"] = false }));
        Assert.Equal(0, SamplingProperties.TopLogProbabilities(new() { ["logprobs"] = true }));
        Assert.Equal(5, SamplingProperties.TopLogProbabilities(new() { ["top_logprobs"] = 5 }));
        Assert.ThrowsAny<ArgumentException>(() => SamplingProperties.TopLogProbabilities(new() { ["top_logprobs"] = 1000 }));
        Assert.ThrowsAny<ArgumentException>(() => SamplingProperties.TopLogProbabilities(new() { ["logprobs"] = 3 }));
    }

    [Fact]
    public void GenerationDefaults_ReadTheSameNames()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.FolderPath, "generation_config.json");
        Assert.Equal(0, GenerationDefaults.Read(folder.FolderPath).Temperature);
        File.WriteAllText(path, """{ "do_sample": true, "typical_p": 0.9, "no_repeat_ngram_size": 2, "suppress_tokens": null, "eos_token_id": 3, "num_beams": 4 }""");
        SamplingOptions options = GenerationDefaults.Read(folder.FolderPath);
        Assert.Equal((1f, 50, 0.9f, 2), (options.Temperature, options.TopK, options.TypicalP, options.NoRepeatNgramSize));
        File.WriteAllText(path, """{ "top_p": 0.9, "temperature": 0.6, "repetition_penalty": 1.1, "bad_words_ids": [[1], [2, 3]] }""");
        options = GenerationDefaults.Read(folder.FolderPath);
        Assert.Equal((0f, 1f, 1.1f, 2), (options.Temperature, options.TopP, options.RepetitionPenalty, options.BadWords.Count));
        File.WriteAllText(path, """{ "repetition_penalty": [] }""");
        Assert.Throws<CorruptException>(() => GenerationDefaults.Read(folder.FolderPath));
        File.WriteAllText(path, "[]");
        Assert.Throws<CorruptException>(() => GenerationDefaults.Read(folder.FolderPath));
    }

    private static void AssertAllSet(SamplingOptions options)
    {
        // What ChatOptions has itself, or nobody else.
        string[] elsewhere = [nameof(SamplingOptions.Seed), nameof(SamplingOptions.PresencePenalty), nameof(SamplingOptions.FrequencyPenalty)];
        SamplingOptions defaults = new();
        foreach (PropertyInfo property in typeof(SamplingOptions).GetProperties().Where(property => !elsewhere.Contains(property.Name)))
        {
            Assert.False(Equals(property.GetValue(defaults), property.GetValue(options)), property.Name);
        }
    }
}
