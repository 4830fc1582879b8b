using System.Text.Json;
using Rag.Models.Architectures;
using Rag.Models.Configuration;
using Rag.Models.Networks;

namespace Rag.Models.Tests.Architectures;

public sealed class RopeTests
{
    [Theory]
    [InlineData("""{"rope_theta": 500.0, "rope_scaling": {"type": "linear", "factor": 4.0}}""")]
    [InlineData("""{"rope_theta": 500.0, "rope_scaling": {"rope_type": "linear", "factor": 4.0}}""")]
    [InlineData("""{"rope_parameters": {"rope_theta": 500.0, "rope_type": "linear", "factor": 4.0}}""")]
    public void Describe_LinearInEverySpelling_DividesByTheFactor(string config)
    {
        RopeDescription rope = Describe(config, 8);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(Math.Pow(500, -i / 4.0) / 4, rope.InverseFrequencies[i], 1e-7);
        }
    }

    [Theory]
    [InlineData("""{"partial_rotary_factor": 0.25}""", 2)]
    [InlineData("""{"rope_parameters": {"rope_type": "default", "rope_theta": 10000, "partial_rotary_factor": 0.5}}""", 4)]
    [InlineData("""{"rope_scaling": null}""", 8)]
    public void Describe_PartialRotation_HasAsManyPairs(string config, int pairs) =>
        Assert.Equal(pairs, Describe(config, 16).InverseFrequencies.Length);

    [Fact]
    public void Describe_Llama3_KeepsShortWavesAndSlowsLongOnes()
    {
        RopeDescription rope = Describe(
            """{"rope_parameters": {"rope_type": "llama3", "rope_theta": 500000, "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64}}""", 16);
        Assert.Equal(1, rope.InverseFrequencies[0], 1e-7);
        Assert.Equal(Math.Pow(500000, -7 / 8.0) / 8, rope.InverseFrequencies[7], 1e-12);

        // 500000^(-1/8) turns every 32.4 positions: between 64 / 4 and 64 / 1, so blended by (64 / 32.4 - 1) / 3.
        double inverse = Math.Pow(500000, -1 / 8.0);
        double smooth = ((64 / (2 * Math.PI / inverse)) - 1) / 3;
        Assert.Equal(((1 - smooth) * inverse / 8) + (smooth * inverse), rope.InverseFrequencies[1], 1e-7);
    }

    [Theory]
    [InlineData("[2.0, 4.0]", "[2.0, 4.0]", false)]
    [InlineData("[2.0, 4.0]", "[2.0, 5.0]", true)]
    public void Describe_LongRope_ChangesWithTheLengthOnlyWhereItsDivisorsDiffer(string brief, string wide, bool changes)
    {
        RopeDescription rope = Describe(
            $$"""{"max_position_embeddings": 128, "rope_parameters": {"rope_type": "longrope", "rope_theta": 100, "attention_factor": 1, "original_max_position_embeddings": 64, "short_factor": {{brief}}, "long_factor": {{wide}} } }""", 4);
        Assert.Equal([.5f, .025f], rope.InverseFrequencies);
        Assert.Equal(1, rope.Multiplier);
        Assert.Equal(changes, rope.Stretch is not null);
    }

    private static RopeDescription Describe(string json, int headSize)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        ModelConfiguration config = new(document.RootElement, "config.json");
        return Rope.Describe(RopeConfiguration.Read(config, 10000), headSize, config.Path);
    }
}
