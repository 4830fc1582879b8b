using System.Text;
using System.Text.Json;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Generation.Speculation.Drafters;
using Rag.Runtime.Tests.Generation.Constraints;

namespace Rag.Runtime.Tests.Generation.Speculation.Drafters;

public sealed class ForcedTextTests
{
    private static readonly HashSet<int> Stops = [Vocabularies.End];
    private static readonly TokenVocabulary Vocabulary = Vocabularies.Of("{\"name\":\"", "\",\"size\":", "yes maybe", "no never");

    public static TheoryData<string> Kinds => ["schema", "choices", "regex", "grammar", "forced"];

    [Fact]
    public void Guess_ForcedText_IsItInItsLongestTokens()
    {
        TokenMatcher matcher = new(Of("schema"), new TokenMasks(Vocabulary));
        Draft draft = new(10);
        draft.Begin(10);
        new ForcedText(matcher).Guess([], draft);
        Assert.Equal("{\"name\":", Text(draft.Tokens));
        Assert.True(draft.Count < 4);
        Assert.Equal(DraftLevel.Forced, draft.Levels[0]);
        Assert.Equal(DraftLevel.ForcedEnd, draft.Levels[^1]);
        Assert.Equal(0, matcher.Length);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_UnderAConstraint_AreThoseOfPlainSteps(string kind)
    {
        TextConstraint constraint = Of(kind);
        long accepted = 0;
        long drafted = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            SamplingOptions sampling = new() { Temperature = seed % 3 == 0 ? 0 : .8f };
            int[] plain = Generate(constraint, sampling, seed, null);
            foreach (bool knowing in (bool[])[false, true])
            {
                using SpeculationShare share = Shares.Of(
                    new SpeculationOptions(),
                    knowing ? (_, _) => [new KnowingDrafter([1, 2, .. plain], .8, Vocabulary.Size, new Random(seed))] : null);
                Assert.Equal(plain, Generate(constraint, sampling, seed, share));
                accepted += share.Usage.AcceptedTokens;
                drafted += share.Usage.DraftedTokens;
            }
        }

        // Short outputs and those of which all is forced leave little to guess.
        Assert.True(drafted > 0 == (kind is not "forced"), $"{drafted} drafted, {accepted} accepted");
        Assert.True(accepted > 0 == (kind is not "forced"));
    }

    [Fact]
    public void Guesses_ThatTheConstraintForbids_AreNeverRun()
    {
        TextConstraint digits = TextConstraint.FromRegex("[0-9]{40}");
        TokenMatcher matcher = new(digits, new TokenMasks(Vocabulary));
        ScriptedSession session = new(Vocabulary.Size);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([], 0, 128, new Random(1)));
        using SpeculativeRun run = share.Begin(new CachedSession(session), 2, 100, Stops, matcher)!;
        run.Append([1, 2], default);
        for (int i = 0; i < 30; i++)
        {
            int digit = '0' + (i % 10);
            Assert.True(matcher.TryAdvance(digit));
            int before = run.DraftedTokens;
            run.Append([digit], default);
            Assert.Equal(i + 1, matcher.Length);

            // One guess in 128 / 10 is a digit: a draft goes on to the first that is none.
            Assert.InRange(run.DraftedTokens - before, 0, 3);
        }

        Assert.True(run.DraftedTokens > 0);
    }

    private static TextConstraint Of(string kind)
    {
        switch (kind)
        {
            case "schema":
                using (JsonDocument schema = JsonDocument.Parse("{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":12},\"size\":{\"type\":\"integer\",\"maximum\":9999,\"minimum\":0}},\"required\":[\"name\",\"size\"],\"additionalProperties\":false}"))
                {
                    return TextConstraint.FromJsonSchema(schema.RootElement);
                }

            case "choices":
                return TextConstraint.FromChoices(["yes maybe yes maybe", "no never no never", "yes maybe no never"]);
            case "regex":
                return TextConstraint.FromRegex("(yes maybe |no never ){3}[a-f]{5,9}");
            case "grammar":
                return TextConstraint.FromGbnf("root ::= \"(\" root \" maybe \" root \")\" | [0-9]");
            default:
                return TextConstraint.FromRegex("0123");
        }
    }

    private static int[] Generate(TextConstraint constraint, SamplingOptions sampling, int seed, SpeculationShare? share)
    {
        int[] prompt = [1, 2];
        CachedSession session = new(new ScriptedSession(Vocabulary.Size));
        TokenMatcher matcher = new(constraint, new TokenMasks(Vocabulary));
        using Sampler sampler = new(sampling, seed, Vocabulary.Size, prompt);
        using SpeculativeRun? run = share?.Begin(session, prompt.Length, 60, Stops, matcher);
        TokenGenerator generator = new(session, prompt, sampler, Stops, 60, matcher) { Speculation = run };
        List<int> tokens = [];
        while (generator.TryNext(out int token, default))
        {
            tokens.Add(token);
        }

        return [.. tokens];
    }

    private static string Text(ReadOnlySpan<int> tokens)
    {
        List<byte> bytes = [];
        foreach (int token in tokens)
        {
            bytes.AddRange(Vocabulary.BytesOf(token));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
