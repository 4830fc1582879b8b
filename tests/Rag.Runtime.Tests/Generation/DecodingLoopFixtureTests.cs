using System.Text.Json;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Tests.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation;

/// <summary>The decoding loop over real sessions, against the reference's greedy continuations.</summary>
public sealed class DecodingLoopFixtureTests
{
    private static readonly HashSet<int> None = [];

    public static TheoryData<string> Names => DecoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void Greedy_continuations_equal_the_reference_with_and_without_a_reused_prefix(string name)
    {
        using DecoderFixture fixture = new(name);
        using CachedSession session = new(fixture.Model.CreateSession());
        JsonElement greedy = fixture.Cases.GetProperty("greedy");
        int[] prompt = DecoderFixture.Ids(greedy);
        int[] expected = DecoderFixture.Ids(greedy, "generated_ids");
        Assert.Equal(expected, Run(session, prompt, expected.Length, out _));

        // The same prompt with half of the answer: all of it but the last token is in the cache. A state beyond it is of no use.
        int half = expected.Length / 2;
        int[] longer = [.. prompt, .. expected[..half]];
        Assert.Equal(expected[half..], Run(session, longer, expected.Length - half, out int reused));

        // A state cannot be taken back: it is computed anew, and not said to be reused.
        Assert.Equal(fixture.Model.Layout.StateFloats > 0 ? 0 : longer.Length - 1, reused);

        if (fixture.Cases.TryGetProperty("continue", out JsonElement after) && after.TryGetProperty("generated_ids", out _))
        {
            int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
            int[] continued = DecoderFixture.Ids(after, "generated_ids");
            Assert.Equal(continued, Run(session, ids, continued.Length, out _));
        }
    }

    [Fact]
    public void Logits_with_a_reused_prefix_equal_those_without()
    {
        using TemporaryFolder folder = new();
        TinyChatModel.Write(folder.FolderPath);
        using Rag.Runtime.Sessions.OnnxDecoderModel model = Rag.Runtime.Sessions.OnnxDecoderModel.Load(Rag.Models.ModelFolder.Open(folder.FolderPath));
        Random random = new(4);
        int[] first = [.. Enumerable.Range(0, 120).Select(_ => random.Next(264))];
        using CachedSession warm = new(model.CreateSession());
        warm.Begin(first);
        warm.Append(first, default);
        foreach (int shared in new[] { 1, 64, 119, 120 })
        {
            int[] second = [.. first[..shared], .. Enumerable.Range(0, 30).Select(_ => random.Next(264))];
            int reused = warm.Begin(second);
            Assert.InRange(reused, shared, second.Length - 1);
            float[] reusing = warm.Append(second.AsSpan(reused), default).ToArray();
            using CachedSession cold = new(model.CreateSession());
            cold.Begin(second);
            float[] fresh = cold.Append(second, default).ToArray();
            Assert.All(fresh.Zip(reusing), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            warm.Begin(first);
            warm.Append(first.AsSpan(warm.CommonPrefix(first) is var n && n == first.Length ? n - 1 : n), default);
        }
    }

    private static int[] Run(CachedSession session, int[] prompt, int count, out int reused)
    {
        using Sampler sampler = new(new SamplingOptions(), 0, session.VocabularySize, []);
        TokenGenerator generator = new(session, prompt, sampler, None, count);
        List<int> tokens = [];
        while (generator.TryNext(out int token, default))
        {
            tokens.Add(token);
        }

        reused = generator.ReusedTokens;
        return [.. tokens];
    }
}
