using System.Runtime.InteropServices;
using Rag.Index.Storage;
using Rag.Index.Vectors.Hnsw;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors.Caching;

/// <summary>
/// Vectors and their graph in a file that is mapped. It is written beside itself and renamed, so that processes that have the old one
/// mapped keep it. Whatever is wrong with it, the answer is that there is none: everything in it can be had from the database.
/// </summary>
internal static unsafe class VectorCacheFile
{
    /// <summary>Removes the file; where that fails it is removed next time.</summary>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The header of the file that the database vouches for; null where the file is another, or not of these options.</summary>
    public static VectorCacheHeader? ReadHeader(string path, byte[] stamp, RowFormat format, VectorSearchOptions options)
    {
        MappedFile? map = Open(path);
        VectorCacheHeader? header = map is null ? null : ParseHeader(map, stamp, format, options);
        GC.KeepAlive(map);
        return header;
    }

    /// <summary>Maps the file; null where there is none to trust.</summary>
    public static VectorSnapshot? Read(string path, byte[] stamp, RowFormat format, VectorSearchOptions options, IndexState state)
    {
        if (Open(path) is not { } map)
        {
            return null;
        }

        VectorCacheHeader? header = ParseHeader(map, stamp, format, options);
        if (header is null || header.Generation > state.Generation || header.Removals > state.Removals || !HasItsChecksums(map, header, options.Threads))
        {
            return null;
        }

        byte* rows = map.Start + header.HeaderLength, keys = rows + header.RowsLength, links = keys + header.KeysLength, levels = links + header.LinksLength;
        byte* upper = levels + header.LevelsLength;
        long[] allKeys = new ReadOnlySpan<long>(keys, header.Count).ToArray();
        HnswGraph? graph = GraphCodec.Read(header, (int*)links, levels, (int*)upper);
        GC.KeepAlive(map);
        return graph is null || !AreAscending(allKeys)
            ? null
            : new(
                new(header.Generation, header.Removals, RowStore.Map(format, map, rows, header.Count), allKeys, header.Count, null),
                new(graph, header.Count, header.Removals), VectorOperations.Create(format), options);
    }

    /// <summary>Writes a snapshot whose graph is up to date, without its holes.</summary>
    /// <returns>The stamp of the file; null where it could not be written, and then there is none.</returns>
    public static byte[]? Write(string path, VectorSnapshot snapshot)
    {
        string draft = path + ".tmp";
        try
        {
            byte[] stamp = WriteDraft(draft, snapshot);
            File.Move(draft, path, overwrite: true);
            return stamp;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk, or a system that does not replace a mapped file. The index is whole without this one.
            Delete(draft);
            Delete(path);
            return null;
        }
    }

    private static byte[] WriteDraft(string path, VectorSnapshot snapshot)
    {
        (VectorMatrix matrix, HnswGraph graph) = (snapshot.Matrix, snapshot.Graph!.Links);
        int[] numbers = GraphCodec.Renumber(matrix.Count, matrix.Live);
        (int entry, int level) = graph.Entry;
        VectorCacheHeader header = new()
        {
            Generation = matrix.Generation,
            Removals = matrix.Removals,
            Format = matrix.Rows.Format,
            M = graph.M,
            EfConstruction = snapshot.Options.EfConstruction,
            Seed = graph.Seed,
            Count = matrix.LiveCount,
            EntryRow = entry < 0 ? 0 : numbers[entry],
            EntryLevel = level,
            UpperLength = GraphCodec.UpperLength(graph, matrix.Count, numbers),
        };
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
        stream.Position = header.HeaderLength;
        ChecksummedWriter writer = new(stream);
        for (int row = 0; row < matrix.Count; row++)
        {
            if (numbers[row] >= 0)
            {
                writer.Write(matrix.Rows.Row(row));
            }
        }

        for (int row = 0; row < matrix.Count; row++)
        {
            if (numbers[row] >= 0)
            {
                writer.Write(MemoryMarshal.AsBytes(matrix.Keys.Slice(row, 1)));
            }
        }

        GraphCodec.Write(writer, graph, matrix.Count, numbers, header);
        byte[] start = (header with { Checksums = writer.Finish() }).ToBytes();
        stream.Position = 0;
        stream.Write(start);
        stream.Flush(flushToDisk: true);
        GC.KeepAlive(matrix);
        return VectorCacheHeader.StampOf(start);
    }

    private static MappedFile? Open(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > 0 } ? new(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static VectorCacheHeader? ParseHeader(MappedFile map, byte[] stamp, RowFormat format, VectorSearchOptions options)
    {
        VectorCacheHeader? header = VectorCacheHeader.Parse(new(map.Start, (int)Math.Min(map.Length, 1 << 26)), map.Length, stamp, format);
        return header is not null && (header.M, header.EfConstruction, header.Seed) == (options.M, options.EfConstruction, options.Seed) ? header : null;
    }

    private static bool HasItsChecksums(MappedFile map, VectorCacheHeader header, int threads)
    {
        int damaged = 0;
        Parallel.For(0, header.Blocks, new() { MaxDegreeOfParallelism = threads }, block =>
        {
            long from = (long)block * VectorCacheHeader.BlockLength;
            int length = (int)Math.Min(VectorCacheHeader.BlockLength, header.PayloadLength - from);
            if (BlobReader.Checksum(new(map.Start + header.HeaderLength + from, length)) != header.Checksums[block])
            {
                Interlocked.Increment(ref damaged);
            }
        });
        GC.KeepAlive(map);
        return damaged == 0;
    }

    private static bool AreAscending(ReadOnlySpan<long> keys)
    {
        long last = 0;
        foreach (long key in keys)
        {
            if (key <= last)
            {
                return false;
            }

            last = key;
        }

        return true;
    }
}
