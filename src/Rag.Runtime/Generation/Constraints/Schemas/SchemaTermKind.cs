namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>What a <see cref="SchemaTerm"/> is made of.</summary>
internal enum SchemaTermKind
{
    /// <summary>A schema as it was written.</summary>
    Schema,

    /// <summary>One value.</summary>
    Constant,

    /// <summary>All of several terms.</summary>
    All,

    /// <summary>What another term does not allow.</summary>
    Not,
}
