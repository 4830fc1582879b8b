using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Decoder families read as encoders: their states are those that the reference logits were made from.</summary>
public sealed class DecoderAsEncoderTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => DecoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_states_of_a_decoder_read_as_an_encoder_give_the_reference_logits(string name)
    {
        using DecoderFixture fixture = new(name);
        NetworkDescription network = fixture.Model.Network;
        bool attends = network.Layers.All(layer => layer.SecondMixer is null && layer.Mixer is AttentionDescription);
        if (!attends)
        {
            Assert.Contains("not supported as an encoder", Assert.Throws<UnsupportedException>(() => Load(fixture)).Message, StringComparison.Ordinal);
            return;
        }

        using OnnxEncoder encoder = Load(fixture);
        System.Text.Json.JsonElement test = fixture.Cases.GetProperty("short");
        long[] ids = [.. DecoderFixture.Ids(test).Select(id => (long)id)];
        float[] expected = fixture.Tensor(test.GetProperty("logits").GetString()!);
        int width = encoder.HiddenSize;

        // A second row, padded on the right, must not change the first.
        float[] states = new float[2 * ids.Length * width];
        encoder.Run([.. ids, .. ids], [.. Enumerable.Repeat(1L, ids.Length + 1), .. new long[ids.Length - 1]], 2, ids.Length, states);
        (float[] head, float[]? bias) = Head(fixture, network.Head!);
        float worst = 0;
        for (int token = 0; token < ids.Length; token++)
        {
            ReadOnlySpan<float> state = states.AsSpan(token * width, width);
            for (int id = 0; id < network.VocabularySize; id++)
            {
                float logit = (TensorPrimitives.Dot(state, head.AsSpan(id * width, width)) + (bias?[id] ?? 0)) * network.LogitMultiplier;
                logit = network.LogitSoftCap == 0 ? logit : network.LogitSoftCap * MathF.Tanh(logit / network.LogitSoftCap);
                worst = Math.Max(worst, Math.Abs(logit - expected[(token * network.VocabularySize) + id]));
            }
        }

        output.WriteLine($"{name}: {worst:e1}");
        Assert.InRange(worst, 0, 1e-4f);
    }

    [Fact]
    public void Positions_far_from_the_start_turn_as_the_decoder_s_tables_do()
    {
        const int length = 3000;
        string source = SharedData.Require("fixtures", "models", "llama_gqa");
        using TemporaryFolder folder = new();
        string config = File.ReadAllText(Path.Combine(source, "config.json"));
        Assert.Contains("\"max_position_embeddings\": 512", config, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config.Replace("\"max_position_embeddings\": 512", "\"max_position_embeddings\": 4096", StringComparison.Ordinal));
        File.Copy(Path.Combine(source, "model.safetensors"), folder.File("model.safetensors"));
        ModelFolder model = ModelFolder.Open(folder.FolderPath);
        using OnnxDecoderModel decoder = OnnxDecoderModel.Load(model, new RuntimeOptions { Threads = 1 });
        using OnnxEncoder encoder = OnnxEncoder.Load(model, new RuntimeOptions { Threads = 1 });
        int[] ids = [.. Enumerable.Range(0, length).Select(i => i * 7919 % decoder.VocabularySize)];
        using IDecoderSession session = decoder.CreateSession();
        ReadOnlySpan<float> logits = session.Append(ids);
        float[] states = new float[length * encoder.HiddenSize];
        encoder.Run([.. ids.Select(id => (long)id)], [.. Enumerable.Repeat(1L, length)], 1, length, states);
        using SafetensorsFolder weights = model.OpenWeights();
        float[] head = weights.ReadSingles(decoder.Network.Head!.Weight.Name);
        for (int id = 0; id < logits.Length; id++)
        {
            float logit = TensorPrimitives.Dot(states.AsSpan(^encoder.HiddenSize..), head.AsSpan(id * encoder.HiddenSize, encoder.HiddenSize));
            Assert.InRange(logit - logits[id], -1e-4f, 1e-4f);
        }
    }

    private static (float[] Weight, float[]? Bias) Head(DecoderFixture fixture, LinearDescription head)
    {
        using SafetensorsFolder weights = ModelFolder.Open(fixture.FolderPath).OpenWeights();
        return (weights.ReadSingles(head.Weight.Name), head.Bias is null ? null : weights.ReadSingles(head.Bias.Name));
    }

    private static OnnxEncoder Load(DecoderFixture fixture) => OnnxEncoder.Load(ModelFolder.Open(fixture.FolderPath), new RuntimeOptions { Threads = 1 });
}
