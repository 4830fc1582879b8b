using System.Text.Json;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Constraints;

/// <summary>What the files of reference texts have in common.</summary>
internal static class ConstraintFixture
{
    /// <summary>The lines of a file; none where it is absent.</summary>
    public static TheoryData<string> Lines(string file)
    {
        TheoryData<string> data = [];
        if (SharedData.Find("fixtures", "constrained", file) is { } path)
        {
            data.AddRange(File.ReadLines(path).Where(line => line.Length > 0).ToArray());
        }

        return data;
    }

    /// <summary>Masks over pieces of the cases' texts.</summary>
    public static TokenMasks Masks(JsonElement[] cases) => new(Vocabularies.Of(cases.Select(one => one.GetProperty("text").GetString()!)));

    /// <summary>Asserts that a constraint takes each text where the reference does, whole and by tokens.</summary>
    public static void AssertSame(TextConstraint constraint, TokenMasks masks, JsonElement[] cases, Random random)
    {
        foreach (JsonElement one in cases)
        {
            string text = one.GetProperty("text").GetString()!;
            Assert.True(one.GetProperty("accept").GetBoolean() == constraint.IsMatch(text), text);
            (bool alive, bool canEnd) = Vocabularies.Follow(constraint, masks, text, random);
            Assert.True(one.GetProperty("accept").GetBoolean() == (alive && canEnd), text);
        }
    }
}
