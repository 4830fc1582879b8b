using System.Text.Json;
using System.Text.RegularExpressions;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Tests.Generation.Constraints;

/// <summary>Schemas against Python's jsonschema.</summary>
public sealed partial class JsonSchemaFixtureTests
{
    public static TheoryData<string> Schemas() => ConstraintFixture.Lines("json_schemas.jsonl");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Schemas))]
    public void Schemas_take_every_plain_text_that_the_reference_takes_and_none_that_it_does_not(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        TextConstraint constraint = TextConstraint.FromJsonSchema(root.GetProperty("schema"));
        JsonElement[] cases = [.. root.GetProperty("cases").EnumerateArray()];
        TokenMasks masks = ConstraintFixture.Masks(cases);
        Random random = new(1);
        foreach (JsonElement one in cases)
        {
            string text = one.GetProperty("text").GetString()!;
            bool matches = constraint.IsMatch(text);
            (bool alive, bool canEnd) = Vocabularies.Follow(constraint, masks, text, random);
            Assert.True(matches == (alive && canEnd), text);
            if (!one.GetProperty("accept").GetBoolean())
            {
                Assert.False(matches, text);
            }
            else if (one.GetProperty("canonical_spacing").GetBoolean() && one.GetProperty("declared_order").GetBoolean() && !WholeNumberWithPoint().IsMatch(text))
            {
                Assert.True(matches, text);
            }
        }

        for (int i = 0; i < 20; i++)
        {
            if (Vocabularies.Walk(constraint, masks, random) is { } text)
            {
                Assert.True(constraint.IsMatch(text), text);
                using JsonDocument parsed = JsonDocument.Parse(text);
            }
        }
    }

    // A generator need not write integers as 1.0.
    [GeneratedRegex("^[0-9]+\\.0$")]
    private static partial Regex WholeNumberWithPoint();
}
