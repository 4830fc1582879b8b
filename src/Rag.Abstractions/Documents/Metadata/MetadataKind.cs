namespace Rag.Documents;

/// <summary>What type a <see cref="MetadataValue"/> has.</summary>
public enum MetadataKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A finite number in double precision.</summary>
    Real,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A moment, kept in UTC.</summary>
    Time,

    /// <summary>A set of texts, such as tags.</summary>
    Texts,
}
