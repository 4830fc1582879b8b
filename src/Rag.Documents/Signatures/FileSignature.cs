namespace Rag.Documents;

/// <summary>A format that is recognised but not read as text.</summary>
/// <param name="Name">As a person says it, with its article.</param>
/// <param name="Kind">What sort of thing it is.</param>
internal readonly record struct FileSignature(string Name, FileSignatureKind Kind);
