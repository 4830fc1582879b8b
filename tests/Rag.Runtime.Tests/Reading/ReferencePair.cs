using System.Text.Json;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Reading;

/// <summary>One of the pairs whose reading by the reference program is known; <c>Answers</c> where the passage is the question's own.</summary>
internal sealed record ReferencePair(string Question, string Passage, long[] Ids, string Span, float Margin, bool Answers)
{
    /// <summary>The folder of the model that the pairs were read with.</summary>
    public static string Folder => SharedData.Require("models", "starter-reader");

    /// <summary>Every pair, in order.</summary>
    public static IEnumerable<ReferencePair> All()
    {
        foreach (string line in File.ReadLines(Path.Combine(Folder, "expected.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement pair = document.RootElement;
            yield return new ReferencePair(
                pair.GetProperty("question").GetString()!,
                pair.GetProperty("passage").GetString()!,
                [.. pair.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())],
                pair.GetProperty("span").GetString()!,
                pair.GetProperty("margin").GetSingle(),
                pair.GetProperty("answers").GetArrayLength() > 0);
        }
    }
}
