using System.Text.Json;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Tests.Generation.Constraints;

/// <summary>Grammars in both dialects against Lark.</summary>
public sealed class GrammarFixtureTests
{
    public static TheoryData<string> Grammars() => ConstraintFixture.Lines("grammars.jsonl");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Grammars))]
    public void Both_dialects_take_what_the_reference_takes(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        JsonElement[] cases = [.. root.GetProperty("cases").EnumerateArray()];
        foreach (TextConstraint constraint in (TextConstraint[])[TextConstraint.FromGbnf(root.GetProperty("gbnf").GetString()!), TextConstraint.FromLark(root.GetProperty("lark").GetString()!)])
        {
            TokenMasks masks = ConstraintFixture.Masks(cases);
            Random random = new(1);
            ConstraintFixture.AssertSame(constraint, masks, cases, random);

            int ended = 0;
            for (int i = 0; i < 10; i++)
            {
                if (Vocabularies.Walk(constraint, masks, random, 100) is { } text)
                {
                    ended++;
                    Assert.True(constraint.IsMatch(text), text);
                }
            }

            Assert.True(ended > 0 || cases.Length == 0);
        }
    }
}
