using System.Text.Json;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Sessions;

namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>Every family of models says the same with guesses that are right by half as without; those that cannot take tokens back guess none.</summary>
public sealed class SpeculativeFamilyTests
{
    private const int Answer = 24;

    public static TheoryData<string> Names => DecoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokens_WithGuesses_AreThoseOfPlainSteps(string name)
    {
        using DecoderFixture fixture = new(name);
        JsonElement longest = fixture.Cases.GetProperty("ragged").EnumerateArray().MaxBy(test => test.GetProperty("input_ids").GetArrayLength());
        int[] prompt = DecoderFixture.Ids(longest);
        int[] plain = Generate(fixture.Model, prompt, null);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. prompt, .. plain], .7, fixture.Model.VocabularySize, new Random(1)));
        Assert.Equal(plain, Generate(fixture.Model, prompt, share));
        SpeculationUsage usage = share.Usage;
        bool recurrent = fixture.Model.Layout.StateFloats > 0;
        Assert.Equal(recurrent, usage.Off is not null);
        Assert.Equal(recurrent, usage.DraftedTokens == 0);
    }

    [Theory]
    [InlineData("llama_rope_dynamic")]
    [InlineData("phi3_longrope")]
    public void Tokens_AcrossAChangeOfPositions_AreThoseOfPlainSteps(string name)
    {
        using DecoderFixture fixture = new(name);
        OnnxDecoderModel model = fixture.Model;
        int regime = model.Network.RotaryRegime(1);
        int border = Enumerable.Range(1, model.MaxPositions).First(total => model.Network.RotaryRegime(total) != regime);
        int[] prompt = [.. Enumerable.Range(0, border - 12).Select(i => 3 + ((i * i) % 60))];
        int[] plain = Generate(model, prompt, null);
        Assert.True(prompt.Length + plain.Length > border + 4);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. prompt, .. plain], 1, model.VocabularySize, new Random(1)));
        Assert.Equal(plain, Generate(model, prompt, share));
        Assert.True(share.Usage.AcceptedTokens > 0);
    }

    private static int[] Generate(OnnxDecoderModel model, int[] prompt, SpeculationShare? share)
    {
        HashSet<int> stops = [];
        int most = Math.Min(Answer, model.MaxPositions - prompt.Length);
        using CachedSession session = new(model.CreateSession());
        using Sampler sampler = new(new SamplingOptions(), 0, model.VocabularySize, prompt);
        using SpeculativeRun? run = share?.Begin(session, prompt.Length, most, stops, null);
        TokenGenerator generator = new(session, prompt, sampler, stops, most) { Speculation = run };
        List<int> tokens = [];
        while (generator.TryNext(out int token, default))
        {
            tokens.Add(token);
        }

        return [.. tokens];
    }
}
