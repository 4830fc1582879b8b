using System.Text;
using System.Text.Json;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Tests.Generation.Constraints;

public sealed class TokenMatcherTests
{
    public static TheoryData<string> Kinds => ["schema", "regex", "gbnf", "choices"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Masks_are_those_of_trying_every_token(string kind)
    {
        TextConstraint constraint = Of(kind);
        TokenMasks masks = Masks();
        TokenMatcher matcher = new(constraint, masks);
        Random random = new(2);
        for (int i = 0; i < 40; i++)
        {
            TokenMask mask = matcher.Mask();
            for (int id = 0; id < masks.Vocabulary.Size; id++)
            {
                TokenMatcher tried = matcher.Fork();
                Assert.True(mask[id] == (id == Vocabularies.End ? matcher.CanEnd : tried.TryAdvance(id)), $"token {id} at {i}");
            }

            int[] allowed = [.. Enumerable.Range(0, masks.Vocabulary.Size).Where(id => id != Vocabularies.End && mask[id])];
            if (allowed.Length == 0)
            {
                return;
            }

            matcher.TryAdvance(allowed[random.Next(allowed.Length)]);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Forks_and_rewinds_equal_a_fresh_matcher(string kind)
    {
        TextConstraint constraint = Of(kind);
        TokenMasks masks = Masks();
        Random random = new(4);
        for (int round = 0; round < 10; round++)
        {
            TokenMatcher matcher = new(constraint, masks);
            List<int> tokens = [];
            for (int i = 0; i < 15; i++)
            {
                if (random.Next(4) == 0)
                {
                    int kept = random.Next(tokens.Count + 1);
                    matcher.Rewind(kept);
                    tokens.RemoveRange(kept, tokens.Count - kept);
                }

                TokenMask mask = matcher.Mask();
                int[] allowed = [.. Enumerable.Range(0, masks.Vocabulary.Size).Where(id => id != Vocabularies.End && mask[id])];
                if (allowed.Length > 0)
                {
                    int chosen = allowed[random.Next(allowed.Length)];
                    TokenMatcher other = matcher.Fork();
                    Assert.True(other.TryAdvance(allowed[0]));
                    Assert.True(matcher.TryAdvance(chosen));
                    tokens.Add(chosen);
                }
            }

            TokenMatcher fresh = new(constraint, Masks());
            tokens.ForEach(token => Assert.True(fresh.TryAdvance(token)));
            Assert.Equal(fresh.Mask().Bits, matcher.Mask().Bits);
            Assert.Equal(fresh.CanEnd, matcher.CanEnd);
        }
    }

    [Fact]
    public void ForcedBytes_GoesAsFarAsThereIsOneWay()
    {
        using JsonDocument schema = JsonDocument.Parse("{\"type\":\"object\",\"properties\":{\"name\":{\"const\":\"x\"},\"size\":{\"type\":\"integer\"}},\"required\":[\"name\",\"size\"],\"additionalProperties\":false}");
        TokenMatcher matcher = new(TextConstraint.FromJsonSchema(schema.RootElement), Masks());
        Assert.Equal("{\"name\":", Encoding.UTF8.GetString(matcher.ForcedBytes()));
        TokenMatcher choice = new(TextConstraint.FromChoices(["abcd", "abce"]), Masks());
        Assert.Equal("abc", Encoding.UTF8.GetString(choice.ForcedBytes()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_of_any_budget_that_has_room_for_one_are_complete(string kind)
    {
        TextConstraint constraint = Of(kind);
        TokenMasks masks = Masks();
        Random random = new(6);
        foreach (int budget in new[] { 70, 90, 150 })
        {
            TokenMatcher matcher = new(constraint, masks);
            List<byte> text = [];
            for (int left = budget; ; left--)
            {
                Assert.True(left > 0, $"The budget of {budget} was spent at '{Encoding.UTF8.GetString([.. text])}'.");
                TokenMask mask = matcher.Mask();
                int[] allowed = [.. Enumerable.Range(0, masks.Vocabulary.Size).Where(id => mask[id] && (id != Vocabularies.End || mask.Count == 1))];
                int chosen = matcher.Settle(allowed[random.Next(allowed.Length)], left);
                if (chosen == Vocabularies.End)
                {
                    break;
                }

                Assert.True(matcher.TryAdvance(chosen));
                text.AddRange(masks.Vocabulary.BytesOf(chosen));
            }

            Assert.True(constraint.IsMatch(Encoding.UTF8.GetString([.. text])));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Generation_RunsNoStepForTokensThatAloneArePossible(float temperature)
    {
        ScriptedSession session = new(257);
        SamplingOptions options = new() { Temperature = temperature };
        TokenMatcher matcher = new(TextConstraint.FromRegex("ab[xy]cd"), new TokenMasks(Vocabularies.Of([])));
        using Sampler sampler = new(options, 1, 257, []);
        TokenGenerator generator = new(new CachedSession(session), [1, 2], sampler, new HashSet<int> { Vocabularies.End }, 20, matcher);
        List<byte> text = [];
        while (generator.TryNext(out int token, default))
        {
            text.Add((byte)token);
        }

        Assert.Matches("^ab[xy]cd\\z", Encoding.UTF8.GetString([.. text]));
        Assert.Equal(GenerationEnd.Stop, generator.End);
        Assert.Equal(6, generator.GeneratedTokens);
        Assert.Equal([4], session.Appended);
    }

    [Fact]
    public void Generation_TokenThatTheBudgetLeavesNoRoomFor_IsCountedAndLoggedAsTheOneInItsPlace()
    {
        ScriptedSession session = new(257, script: ['a', 'b', 'c'], promptLength: 2);
        TokenMatcher matcher = new(TextConstraint.FromChoices(["abcdef", "x"]), new TokenMasks(Vocabularies.Of([])));
        LogProbabilityLog log = new(1, id => ((char)id).ToString());
        using Sampler sampler = new(new SamplingOptions(), 1, 257, []) { Log = log };
        TokenGenerator generator = new(new CachedSession(session), [1, 2], sampler, new HashSet<int> { Vocabularies.End }, 3, matcher);
        Assert.True(generator.TryNext(out int token, default));
        Assert.Equal('x', (char)token);
        ChosenToken chosen = Assert.Single(log.Take()!.Tokens);
        Assert.Equal(("x", "a"), (chosen.Token.Text, Assert.Single(chosen.Top).Text));
    }

    [Fact]
    public void Generation_VocabularyWithoutAnEnd_EndsWhereNothingCanFollow()
    {
        TokenVocabulary endless = new([.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b })], new HashSet<int>());
        TokenMatcher matcher = new(TextConstraint.FromRegex("a[xy]"), new TokenMasks(endless));
        using Sampler sampler = new(new SamplingOptions(), 1, 256, []) { Log = new LogProbabilityLog(0, id => ((char)id).ToString()) };
        TokenGenerator generator = new(new CachedSession(new ScriptedSession(256)), [1, 2], sampler, new HashSet<int>(), 20, matcher);
        int tokens = 0;
        while (generator.TryNext(out _, default))
        {
            tokens++;
        }

        Assert.Equal((2, GenerationEnd.Stop, false), (tokens, generator.End, generator.ChoseStopToken));
        Assert.Equal(2, sampler.Log.Take()!.Tokens.Count);
    }

    private static TokenMasks Masks() => new(Vocabularies.Of(["{\"name\": \"a b\", \"tags\": [\"x\",\"y\"], \"n\": -12.5}", "((1+2)*34)/5", "ab12cd34", "abcdabce"]));

    private static TextConstraint Of(string kind) => kind switch
    {
        "schema" => TextConstraint.FromJsonSchema(JsonDocument.Parse(
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true},\"n\":{\"type\":\"number\"}},\"required\":[\"name\"]}").RootElement),
        "regex" => TextConstraint.FromRegex("([ab]+\\d{2}|c.d)*34"),
        "gbnf" => TextConstraint.FromGbnf("root ::= expr\nexpr ::= term ((\"+\" | \"-\") term)*\nterm ::= factor ((\"*\" | \"/\") factor)*\nfactor ::= [0-9]+ | \"(\" expr \")\"\n"),
        _ => TextConstraint.FromChoices(["abcd", "abce", "ab", "x"]),
    };
}
