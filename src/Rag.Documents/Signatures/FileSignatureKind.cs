namespace Rag.Documents;

/// <summary>What sort of thing a file that is not read is.</summary>
internal enum FileSignatureKind
{
    /// <summary>Something with text in it, which a reader may come to read.</summary>
    Document,

    /// <summary>A picture, sound or film.</summary>
    Media,

    /// <summary>Several files in one.</summary>
    Archive,

    /// <summary>A program, a library, a font, a database, a model.</summary>
    Data,
}
