namespace Rag.Documents;

/// <summary>What a path leads to, the link itself where it is one.</summary>
internal enum FileKind
{
    /// <summary>Nothing is there, or it may not be asked about.</summary>
    Missing,

    /// <summary>A file with content of its own.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symbolic link or another reparse point.</summary>
    Link,

    /// <summary>A pipe, a socket or a device: opening one can wait for ever.</summary>
    Special,
}
