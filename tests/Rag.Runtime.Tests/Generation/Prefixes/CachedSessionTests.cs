using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Prefixes;

/// <summary>A session that takes what another has computed, for every form of cache.</summary>
public sealed class CachedSessionTests
{
    public static TheoryData<string> Names => DecoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_prompt_that_begins_as_another_did_gives_the_logits_of_one_that_ran_whole(string name)
    {
        using DecoderFixture fixture = new(name);
        using PrefixCache cache = new(1 << 26);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        int[] prompt = [.. ids[..30], .. ids[50..62]];
        using (CachedSession first = new(fixture.Model.CreateSession(), null, cache))
        {
            first.Begin(ids.AsSpan(0, 30));
            first.Append(ids.AsSpan(0, 30), default);
            first.Keep();
        }

        using CachedSession second = new(fixture.Model.CreateSession(), null, cache);
        Assert.Equal(30, second.Begin(prompt));
        float[] logits = second.Append(prompt.AsSpan(30), default).ToArray();

        // In the same pieces, so that not even rounding differs.
        using IDecoderSession whole = fixture.Model.CreateSession();
        whole.Append(prompt.AsSpan(0, 30));
        Assert.Equal(whole.Append(prompt.AsSpan(30)), logits);
        foreach (int token in ids[70..75])
        {
            Assert.Equal(whole.Append([token]), second.Append([token], default));
        }

        // What it had when the next prompt comes is kept: a third session finds all of it.
        Assert.Equal(0, second.Begin([ids[99]]));
        using CachedSession third = new(fixture.Model.CreateSession(), null, cache);
        int[] next = [.. prompt, .. ids[70..75], 5];
        Assert.Equal(prompt.Length + 5, third.Begin(next));
        Assert.Equal(whole.Append([5]), third.Append([5], default));
    }

    [Fact]
    public async Task What_a_cancelled_prompt_had_computed_serves_another_session()
    {
        using TemporaryFolder folder = new();
        TinyLlama.Write(folder.FolderPath, hidden: 256, heads: 4, keyValueHeads: 4, intermediate: 1024, layers: 8, maxPositions: 8192);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder.FolderPath), new RuntimeOptions { Threads = 1, PrefillChunk = 64 });
        using PrefixCache cache = new(1 << 30);
        using CachedSession session = new(model.CreateSession(), null, cache);
        int[] prompt = [.. Enumerable.Range(0, 4000).Select(i => ((i * i) + (3 * i) + 5) % 64)];
        using CancellationTokenSource source = new();
        session.Begin(prompt);
        Task<Exception?> step = Task.Run(() => Record.Exception(() => session.Append(prompt, source.Token)));
        await Task.Delay(100, TestContext.Current.CancellationToken);
        await source.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>(await step);
        int length = session.Length;
        Assert.Equal(0, length % 64);
        Assert.InRange(length, 0, prompt.Length - 1);
        Assert.Equal(0, session.Begin([63, 62]));

        using CachedSession other = new(model.CreateSession(), null, cache);
        int[] shorter = prompt[..(length + 10)];
        Assert.Equal(length, other.Begin(shorter));
        float[] logits = other.Append(shorter.AsSpan(length), default).ToArray();
        using IDecoderSession whole = model.CreateSession();
        Assert.Equal(whole.Append(shorter), logits);
    }

    [Theory]
    [InlineData("mamba2")]
    [InlineData("falcon_h1")]
    public void A_state_is_kept_where_a_second_prompt_leaves_the_first(string name)
    {
        using DecoderFixture fixture = new(name);
        using PrefixCache cache = new(1 << 26);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        for (int turn = 0; turn < 3; turn++)
        {
            int[] prompt = [.. ids[..30], turn, .. ids[50..60]];
            using CachedSession session = new(fixture.Model.CreateSession(), null, cache);
            int kept = session.Begin(prompt);
            Assert.Equal(turn == 2 ? 30 : 0, kept);
            float[] logits = session.Append(prompt.AsSpan(kept), default).ToArray();
            session.Keep();
            using IDecoderSession whole = fixture.Model.CreateSession();
            Assert.Equal(whole.Append(prompt).ToArray(), logits, (a, b) => Math.Abs(a - b) < 1e-4);
        }
    }

    [Theory]
    [InlineData("llama_rope_dynamic")]
    [InlineData("phi3_longrope")]
    public void Prompts_of_another_rotary_regime_share_nothing(string name)
    {
        using DecoderFixture fixture = new(name);
        using PrefixCache cache = new(1 << 26);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        int beyond = Enumerable.Range(1, ids.Length).First(total => fixture.Model.Network.RotaryRegime(total) != 0);
        using CachedSession first = new(fixture.Model.CreateSession(), null, cache);
        int[] shorter = ids[..(beyond - 1)];
        first.Begin(shorter);
        first.Append(shorter, default);
        first.Keep();
        using CachedSession second = new(fixture.Model.CreateSession(), null, cache);
        Assert.Equal(0, second.Begin(ids));
        float[] logits = second.Append(ids, default).ToArray();
        second.Keep();
        using IDecoderSession whole = fixture.Model.CreateSession();
        Assert.Equal(whole.Append(ids), logits);

        // The session that holds the shorter prompt computes it anew, and says so.
        Assert.Equal(RotaryTables.IsShared(fixture.Model.Network.RotaryRegime(ids.Length)) ? ids.Length - 1 : 0, first.Begin(ids));
        float[] again = first.Append(ids.AsSpan(first.Length), default).ToArray();
        Assert.Equal(logits, again, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(beyond - 2, first.Begin(shorter));
    }
}
