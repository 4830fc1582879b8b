using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Logits against those of the reference implementation.</summary>
public sealed class DecoderFixtureTests(ITestOutputHelper output)
{
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Names => DecoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_of_a_short_prompt_gives_the_reference_logits(string name)
    {
        using DecoderFixture fixture = new(name);
        JsonElement test = fixture.Cases.GetProperty("short");
        Compare(fixture.Tensor(test.GetProperty("logits").GetString()!), All(fixture, DecoderFixture.Ids(test)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ragged_prompts_one_by_one_in_one_session_give_the_reference_logits(string name)
    {
        using DecoderFixture fixture = new(name);
        using IDecoderSession session = fixture.Model.CreateSession();
        foreach (JsonElement test in fixture.Cases.GetProperty("ragged").EnumerateArray())
        {
            int[] ids = DecoderFixture.Ids(test);
            float[] logits = new float[ids.Length * session.VocabularySize];
            session.Rewind(0);
            session.AppendAll(ids, logits);
            Compare(fixture.Tensor(test.GetProperty("logits").GetString()!), logits);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_long_prompt_whole_or_in_pieces_gives_the_reference_logits(string name)
    {
        using DecoderFixture fixture = new(name);
        JsonElement test = fixture.Cases.GetProperty("long");
        int[] ids = DecoderFixture.Ids(test);
        int[] rows = DecoderFixture.Ids(test, "rows");
        float[] expected = fixture.Tensor(test.GetProperty("logits").GetString()!);
        int vocabulary = fixture.Model.VocabularySize;
        foreach (int piece in (int[])[ids.Length, 64, 7, 1])
        {
            using IDecoderSession session = fixture.Model.CreateSession();
            float[] logits = new float[piece * vocabulary];
            for (int start = 0; start < ids.Length; start += piece)
            {
                int count = Math.Min(piece, ids.Length - start);
                session.AppendAll(ids.AsSpan(start, count), logits.AsSpan(0, count * vocabulary));
                foreach (int i in Comparable(fixture, rows, start, count, ids.Length))
                {
                    Compare(expected.AsSpan(i * vocabulary, vocabulary), logits.AsSpan((rows[i] - start) * vocabulary, vocabulary));
                }
            }

            session.Rewind(0);
            Compare(expected.AsSpan()[^vocabulary..], session.Append(ids));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Greedy_decoding_chooses_the_reference_tokens(string name)
    {
        using DecoderFixture fixture = new(name);
        Decode(fixture, fixture.Cases.GetProperty("greedy"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Greedy_decoding_after_a_long_prompt_chooses_the_reference_tokens(string name)
    {
        using DecoderFixture fixture = new(name);
        if (fixture.Cases.TryGetProperty("continue", out JsonElement test))
        {
            Decode(fixture, test);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Greedy_decoding_across_a_change_of_rotary_positions_chooses_the_reference_tokens(string name)
    {
        using DecoderFixture fixture = new(name);
        Assert.Equal(fixture.Model.Network.Ropes.Any(rope => rope.Stretch is not null), fixture.Cases.TryGetProperty("cross", out JsonElement test));
        if (test.ValueKind == JsonValueKind.Object)
        {
            Decode(fixture, test);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rewound_session_equals_one_that_never_saw_the_dropped_tokens(string name)
    {
        using DecoderFixture fixture = new(name);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("short"));
        using IDecoderSession fresh = fixture.Model.CreateSession();
        using IDecoderSession rewound = fixture.Model.CreateSession();
        fresh.Append(ids.AsSpan(0, 10));
        rewound.Append(ids.AsSpan(0, 10));
        rewound.Append([.. ids.Reverse()]);
        rewound.Rewind(10);
        Assert.Equal(10, rewound.Length);
        Assert.Equal(fresh.Append(ids.AsSpan(10)), rewound.Append(ids.AsSpan(10)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_session_rewound_from_far_ahead_goes_on_as_one_that_was_never_there(string name)
    {
        using DecoderFixture fixture = new(name);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        using IDecoderSession fresh = fixture.Model.CreateSession();
        using IDecoderSession rewound = fixture.Model.CreateSession();
        fresh.Append(ids.AsSpan(0, 20));
        rewound.Append(ids.AsSpan(0, 150));
        rewound.Rewind(20);
        Compare(fresh.Append(ids.AsSpan(100, 30)), rewound.Append(ids.AsSpan(100, 30)));
        rewound.Rewind(0);
        Compare(fixture.Tensor(fixture.Cases.GetProperty("long").GetProperty("logits").GetString()!).AsSpan()[^rewound.VocabularySize..], rewound.Append(ids));
    }

    // The places in rows of those that a piece holds. Where rotary positions depend on the length of the sequence, the
    // reference saw the whole of it: a piece is compared where its end is of the same kind.
    private static IEnumerable<int> Comparable(DecoderFixture fixture, int[] rows, int start, int count, int total) =>
        fixture.Model.Network.RotaryRegime(start + count) == fixture.Model.Network.RotaryRegime(total)
            ? Enumerable.Range(0, rows.Length).Where(i => rows[i] >= start && rows[i] < start + count)
            : [];

    private static float[] All(DecoderFixture fixture, int[] ids)
    {
        using IDecoderSession session = fixture.Model.CreateSession();
        float[] logits = new float[ids.Length * session.VocabularySize];
        session.AppendAll(ids, logits);
        return logits;
    }

    private void Decode(DecoderFixture fixture, JsonElement test)
    {
        int[] prompt = test.TryGetProperty("input_ids", out _) ? DecoderFixture.Ids(test) : DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        int[] generated = DecoderFixture.Ids(test, "generated_ids");
        float[] expected = fixture.Tensor(test.GetProperty("logits").GetString()!);
        float[] margins = fixture.Tensor(test.GetProperty("margins").GetString()!);
        using IDecoderSession session = fixture.Model.CreateSession();
        ReadOnlySpan<float> logits = session.Append(prompt);
        for (int step = 0; step < generated.Length; step++)
        {
            Compare(expected.AsSpan(step * session.VocabularySize, session.VocabularySize), logits);
            Assert.True(margins[step] > Tolerance, "The fixture's margin is below the tolerance: tokens cannot be compared.");
            Assert.Equal(generated[step], TensorPrimitives.IndexOfMax(logits));
            logits = session.Append([generated[step]]);
        }
    }

    private void Compare(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float[] difference = new float[expected.Length];
        TensorPrimitives.Subtract(expected, actual, difference);
        float worst = TensorPrimitives.MaxMagnitude(difference);
        output.WriteLine($"max difference {Math.Abs(worst):e1}");
        Assert.True(Math.Abs(worst) <= Tolerance, $"The largest difference is {worst}.");
    }
}
