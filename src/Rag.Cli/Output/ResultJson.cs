using System.Text.Json.Serialization;
using Rag.Retrieval;

namespace Rag.Cli.Output;

/// <summary>One search result as JSON. Offsets are UTF-16 code units of the document's text, the end exclusive.</summary>
internal sealed record ResultJson(
    string Document,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Page,
    int Start,
    int End,
    string Heading,
    string Text,
    double Score,
    float? Bm25,
    float? Dense)
{
    public static ResultJson From(RetrievedChunk found) => new(
        found.Chunk.DocumentId,
        found.Chunk.Page,
        found.Chunk.Range.Start,
        found.Chunk.Range.End,
        found.Chunk.Heading,
        found.Chunk.Text,
        found.Score,
        Finite(found.Bm25),
        Finite(found.Dense));

    // JSON has no NaN.
    private static float? Finite(float? value) => value is { } number && float.IsFinite(number) ? number : null;
}
