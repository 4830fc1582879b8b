namespace Rag.Index.Storage;

/// <summary>What a checksum belongs to; the numbers are stored in checksums and stay.</summary>
internal enum StoredTable
{
    State = 1,
    Documents = 2,
    Structures = 3,
    Texts = 4,
    Chunks = 5,
    Vectors = 6,
    Terms = 7,
    Pending = 8,
    Postings = 9,
    Positions = 10,
    Metadata = 11,
    Access = 12,
    Sparse = 13,
    SparsePostings = 14,
    Tokens = 15,
}
