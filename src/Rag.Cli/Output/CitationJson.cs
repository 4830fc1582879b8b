using System.Text.Json.Serialization;
using Rag.Answering;

namespace Rag.Cli.Output;

/// <summary>One citation as JSON.</summary>
internal sealed record CitationJson(
    string Document,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Page,
    int Start,
    int End,
    string Quote)
{
    public static CitationJson From(Citation citation) =>
        new(citation.DocumentId, citation.Page, citation.Range.Start, citation.Range.End, citation.Quote);
}
