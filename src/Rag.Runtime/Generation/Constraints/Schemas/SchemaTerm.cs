using System.Text.Json;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>A schema that is looked into when it is needed, so that recursion costs nothing. Equal terms of a space are one object.</summary>
/// <param name="id">Its number within the space.</param>
/// <param name="kind">What it is made of.</param>
internal sealed class SchemaTerm(int id, SchemaTermKind kind)
{
    public int Id => id;

    public SchemaTermKind Kind => kind;

    /// <summary>The schema, or the constant.</summary>
    public JsonElement Element { get; init; }

    /// <summary>Where the schema stands in the document, as a JSON pointer.</summary>
    public string Pointer { get; init; } = "";

    /// <summary>The terms that it combines.</summary>
    public SchemaTerm[] Parts { get; init; } = [];

    /// <summary>What it allows; null until somebody asked.</summary>
    public SchemaShape? Shape { get; set; }

    /// <summary>Whether the answer is being worked out, so that asking again is a circle.</summary>
    public bool IsOpen { get; set; }
}
