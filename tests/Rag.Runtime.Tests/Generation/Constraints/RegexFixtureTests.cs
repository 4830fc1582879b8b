using System.Text.Json;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Tests.Generation.Constraints;

/// <summary>Patterns against Python's re.</summary>
public sealed class RegexFixtureTests
{
    public static TheoryData<string> Patterns() => ConstraintFixture.Lines("regexes.jsonl");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Patterns))]
    public void Patterns_take_what_the_reference_takes_and_masks_keep_every_prefix_alive(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        TextConstraint constraint = TextConstraint.FromRegex(root.GetProperty("pattern").GetString()!);
        JsonElement[] cases = [.. root.GetProperty("cases").EnumerateArray()];
        TokenMasks masks = ConstraintFixture.Masks(cases);
        Random random = new(1);
        ConstraintFixture.AssertSame(constraint, masks, cases, random);

        foreach (string prefix in root.GetProperty("viable_prefixes").EnumerateArray().Select(one => one.GetString()!))
        {
            Assert.True(constraint.IsPrefix(prefix), prefix);
            Assert.True(Vocabularies.Follow(constraint, masks, prefix, random).Alive, prefix);
        }

        for (int i = 0; i < 20; i++)
        {
            if (Vocabularies.Walk(constraint, masks, random) is { } text)
            {
                Assert.True(constraint.IsMatch(text), text);
            }
        }
    }
}
