namespace Rag.Index.Maintenance;

/// <summary>What an index holds and how large it is, all of one commit.</summary>
public sealed record IndexStatistics
{
    /// <summary>The folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The version of the file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Number of commits so far.</summary>
    public required long Generation { get; init; }

    /// <summary>What it was built with; null where nothing was ever stored.</summary>
    public required IndexManifest? Manifest { get; init; }

    /// <summary>Documents.</summary>
    public required long Documents { get; init; }

    /// <summary>Chunks.</summary>
    public required long Chunks { get; init; }

    /// <summary>Vectors.</summary>
    public required long Vectors { get; init; }

    /// <summary>Different terms among the chunks that are merged into the inverted index.</summary>
    public required long Terms { get; init; }

    /// <summary>Terms of all chunks together, repeats included.</summary>
    public required long Words { get; init; }

    /// <summary>Chunks that wait to be merged; searches find them all the same.</summary>
    public required long Waiting { get; init; }

    /// <summary>The parts, in the order of a document's way.</summary>
    public required IReadOnlyList<IndexPart> Parts { get; init; }

    /// <summary>Length of the database in bytes.</summary>
    public required long DatabaseBytes { get; init; }

    /// <summary>Length of the write-ahead log in bytes; 0 where it is merged.</summary>
    public required long LogBytes { get; init; }
}
