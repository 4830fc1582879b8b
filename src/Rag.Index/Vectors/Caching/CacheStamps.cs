using Rag.Index.Storage;

namespace Rag.Index.Vectors.Caching;

/// <summary>
/// Which cache file the database vouches for: the digest of its header. A file that another history of the database made, or that
/// was put back without it, has another digest and is not used.
/// </summary>
internal static class CacheStamps
{
    /// <summary>The digest, or null.</summary>
    public static byte[]? Read(IndexConnection connection) =>
        connection.Scalar("SELECT stamp FROM caches WHERE name = 'vectors'") as byte[];

    /// <summary>Vouches for a file.</summary>
    public static void Write(IndexConnection connection, byte[] stamp) =>
        connection.Execute("INSERT OR REPLACE INTO caches VALUES ('vectors', @1)", stamp);
}
