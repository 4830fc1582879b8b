using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Sampling.Rules;

namespace Rag.Runtime.Tests.Generation.Sampling.Rules;

/// <summary>Corners of the rules that the reference data does not reach.</summary>
public sealed class TokenRulesTests
{
    private static readonly float[] Ones = [1, 1, 1, 1];

    [Fact]
    public void SequenceBias_SequenceAsLongAsTheTextAndMore_DoesNotCount()
    {
        // transformers leaves out sequences longer than the text, though their prefix is all of it.
        SequenceBiasRule rule = new([new SequenceBias([1, 2, 3], 5)]);
        Assert.Equal(Ones, Applied(rule, [1, 2]));
        Assert.Equal([1, 1, 1, 6], Applied(rule, [0, 1, 2]));
        Assert.Equal(Ones, Applied(rule, [0, 2, 1]));
    }

    [Fact]
    public void LengthDecay_ActsPastItsStartAlone()
    {
        LengthDecayRule rule = new(start: 2, factor: 2, [3]);
        Assert.Equal(Ones, Applied(rule, [0, 1], promptLength: 1));
        Assert.Equal(Ones, Applied(rule, [0, 1, 1], promptLength: 1));
        Assert.Equal([1, 1, 1, 2], Applied(rule, [0, 1, 1, 1], promptLength: 1));
        Assert.Equal([1, 1, 1, 8], Applied(rule, [0, 1, 1, 1, 1, 1], promptLength: 1));
        Assert.True(float.IsFinite(Applied(rule, new int[500])[3]));
    }

    [Fact]
    public void ForcedEnd_ActsAtTheLastPlaceAlone()
    {
        ForcedEndRule rule = new(maxLength: 3, [2]);
        Assert.Equal(Ones, Applied(rule, [0]));
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity, 0, float.NegativeInfinity], Applied(rule, [0, 1]));
    }

    [Fact]
    public void BeginSuppress_ActsAtTheFirstPlaceAlone()
    {
        SuppressTokensRule rule = new([0], atBegin: true);
        Assert.Equal([float.NegativeInfinity, 1, 1, 1], Applied(rule, [3, 3], promptLength: 2));
        Assert.Equal(Ones, Applied(rule, [3, 3], promptLength: 1));
    }

    [Fact]
    public void BadWords_StopTokenAlone_StaysPossible()
    {
        BadWordsRule rule = new([[1], [2], [3, 2]], [2]);
        Assert.Equal([1, float.NegativeInfinity, 1, 1], Applied(rule, [0, 0]));
        Assert.Equal([1, float.NegativeInfinity, float.NegativeInfinity, 1], Applied(rule, [0, 3]));
    }

    [Fact]
    public void Penalties_IdsBeyondTheLogits_ConcernNobody()
    {
        PenaltyWindow window = new(null, WithPrompt: true);
        Assert.Equal([1, 1, 0.5f, 1], Applied(new RepetitionPenaltyRule(2, window), [7, 2, 7]));
        Assert.Equal([1, 1, -1, 1], Applied(new OccurrencePenaltyRule(1, 1, window), [7, 2, 7]));
        Assert.Equal(Ones, Applied(new NoRepeatNgramRule(2), [2, 7, 2]));
    }

    private static float[] Applied(ISamplingRule rule, int[] tokens, int promptLength = 0)
    {
        using SamplingBuffers buffers = new(4);
        float[] scores = [.. Ones];
        rule.Apply(new SamplingStep(scores, tokens, promptLength, buffers));
        Assert.All(buffers.Counts.ToArray(), count => Assert.Equal(0, count));
        return scores;
    }
}
