using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Hidden states of every family against those of the reference implementation.</summary>
public sealed class EncoderFixtureTests(ITestOutputHelper output)
{
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Names => EncoderFixture.Names();

    public static TheoryData<string> HeadNames => EncoderFixture.HeadNames();

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_gives_the_reference_hidden_states_in_a_batch_and_alone(string name)
    {
        using EncoderFixture fixture = new(name);
        using OnnxEncoder encoder = Load(fixture.Folder);
        float[] states = fixture.Tensor("last_hidden_state");
        float[] actual = new float[states.Length];
        encoder.Run(fixture.Ids, fixture.Mask, fixture.Rows, fixture.Length, actual);
        Assert.False(actual.AsSpan().ContainsAnyExceptInRange(-1000, 1000));
        int width = encoder.HiddenSize;
        (float together, float alone) = (0, 0);
        for (int row = 0; row < fixture.Rows; row++)
        {
            Range tokens = (row * fixture.Length * width)..(((row * fixture.Length) + fixture.Tokens(row)) * width);
            together = Math.Max(together, Worst(states.AsSpan()[tokens], actual.AsSpan()[tokens]));
            alone = Math.Max(alone, Worst(states.AsSpan()[tokens], Encode(encoder, fixture.Row(row))));
        }

        output.WriteLine($"{name}: batch {together:e1}, alone {alone:e1}");
        Assert.InRange(together, 0, Tolerance);
        Assert.InRange(alone, 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_with_padding_on_the_left_gives_the_same_states(string name)
    {
        using EncoderFixture fixture = new(name);
        using OnnxEncoder encoder = Load(fixture.Folder);

        // Learned positions count from the left end, padding or not, where they do not count tokens.
        int padding = encoder.Network.Embedding is { Positions: not null, FirstPosition: null } ? 0 : 5;
        ReadOnlySpan<long> ids = fixture.Row(0);
        long[] padded = new long[padding + ids.Length];
        long[] mask = new long[padded.Length];
        ids.CopyTo(padded.AsSpan(padding));
        mask.AsSpan(padding).Fill(1);
        float[] actual = new float[padded.Length * encoder.HiddenSize];
        encoder.Run(padded, mask, 1, padded.Length, actual);
        Assert.InRange(Worst(fixture.Tensor("last_hidden_state").AsSpan(0, ids.Length * encoder.HiddenSize), actual.AsSpan(padding * encoder.HiddenSize)), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_of_a_row_without_a_token_gives_numbers(string name)
    {
        using EncoderFixture fixture = new(name);
        using OnnxEncoder encoder = Load(fixture.Folder);
        ReadOnlySpan<long> ids = fixture.Row(0);
        float[] states = new float[2 * ids.Length * encoder.HiddenSize];
        encoder.Run([.. ids, .. ids], [.. Enumerable.Repeat(1L, ids.Length), .. new long[ids.Length]], 2, ids.Length, states);
        Assert.False(states.AsSpan().ContainsAnyExceptInRange(-1000, 1000));
    }

    [Theory]
    [MemberData(nameof(HeadNames))]
    public void Load_takes_the_body_under_a_head(string name)
    {
        using EncoderFixture fixture = new(name);
        using OnnxEncoder encoder = Load(fixture.Folder);
        Assert.False(Encode(encoder, fixture.Row(0)).AsSpan().ContainsAnyExceptInRange(-1000, 1000));
    }

    [Theory]
    [InlineData("albert", "albert.")]
    [InlineData("bert", "bert.")]
    [InlineData("deberta-v2", "deberta.")]
    [InlineData("distilbert", "distilbert.")]
    [InlineData("electra", "electra.")]
    [InlineData("eurobert", "model.")]
    [InlineData("gemma3-embedding", "model.")]
    [InlineData("gte", "gte.")]
    [InlineData("gte", "new.")]
    [InlineData("modernbert", "model.")]
    [InlineData("mpnet", "mpnet.")]
    [InlineData("nomic-bert", "bert.")]
    [InlineData("nomic-bert", "nomic_bert.")]
    [InlineData("qwen3-embedding", "model.")]
    [InlineData("roberta", "roberta.")]
    [InlineData("xlm-roberta", "roberta.")]
    public void Load_finds_the_body_under_the_name_of_its_place_in_a_task_s_model(string name, string prefix)
    {
        using EncoderFixture fixture = new(name);
        using TemporaryFolder folder = new();
        File.Copy(Path.Combine(fixture.FolderPath, "config.json"), folder.File("config.json"));
        using (SafetensorsFile body = SafetensorsFile.Open(Path.Combine(fixture.FolderPath, "model.safetensors")))
        {
            Rag.Tests.Support.SafetensorsWriter.Write(folder.File("model.safetensors"), [.. body.Tensors.Select(tensor => (prefix + tensor.Name, tensor.Shape.ToArray(), body.ReadSingles(tensor)))]);
        }

        using OnnxEncoder bare = Load(fixture.Folder);
        using OnnxEncoder prefixed = Load(ModelFolder.Open(folder.FolderPath));
        Assert.Equal(Encode(bare, fixture.Row(0)), Encode(prefixed, fixture.Row(0)));
    }

    [Fact]
    public void Load_takes_a_decoder_whose_tokens_then_see_none_after_themselves()
    {
        using TemporaryFolder folder = new();
        TinyLlama.Write(folder.FolderPath);
        using OnnxEncoder encoder = Load(ModelFolder.Open(folder.FolderPath));
        float[] whole = Encode(encoder, [1, 2, 3, 4, 5]);
        float[] start = Encode(encoder, [1, 2, 3]);
        Assert.InRange(Worst(start, whole.AsSpan(0, start.Length)), 0, 1e-6f);
    }

    private static OnnxEncoder Load(ModelFolder folder) => OnnxEncoder.Load(folder, new RuntimeOptions { Threads = 1 });

    private static float[] Encode(OnnxEncoder encoder, ReadOnlySpan<long> ids)
    {
        float[] states = new float[ids.Length * encoder.HiddenSize];
        encoder.Run(ids, [.. Enumerable.Repeat(1L, ids.Length)], 1, ids.Length, states);
        return states;
    }

    private static float Worst(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        float[] difference = new float[expected.Length];
        TensorPrimitives.Subtract(expected, actual, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude(difference));
    }
}
