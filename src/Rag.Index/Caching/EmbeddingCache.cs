using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rag.Index.Storage;

namespace Rag.Index.Caching;

/// <summary>
/// Vectors of texts that were embedded before, in one file, for all models: the key is a hash of the model's
/// <see cref="EmbeddingIdentity"/> and of the text, so another model, or the same with other weights, never meets them. Bounded;
/// what was used longest ago goes first. A record that does not fit its checksum counts as not there; a cache whose file is damaged is
/// begun anew, since all that it holds can be computed again; a file that is no cache is left alone. Several processes may share the file. Safe for concurrent use.
/// </summary>
public sealed class EmbeddingCache : IDisposable
{
    // "RagE", in the header of the file.
    private const int ApplicationId = 0x52616745;
    private const int FormatVersion = 1;

    private readonly Lock _lock = new();
    private readonly IndexConnection _connection;
    private readonly long _maxBytes;
    private long _hits, _misses;

    private EmbeddingCache(IndexConnection connection, long maxBytes) => (_connection, _maxBytes) = (connection, maxBytes);

    /// <summary>Vectors that were found.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Vectors that were asked for and not found.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Opens a cache; creates the file, and its folder, where there is none.</summary>
    /// <exception cref="UnavailableException">The file cannot be read or written.</exception>
    /// <exception cref="IncompatibleException">The file is something else.</exception>
    public static EmbeddingCache Open(string path, EmbeddingCacheOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        options.Validate();
        string file = Path.GetFullPath(path);
        bool isOurs;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            isOurs = IsOurs(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The embedding cache {file} cannot be opened: {error.Message}", file, error);
        }

        try
        {
            return TryOpen(file, options);
        }
        catch (CorruptException error) when (!isOurs)
        {
            throw NotACache(file, error);
        }
        catch (CorruptException)
        {
            foreach (string part in (ReadOnlySpan<string>)[file, $"{file}-wal", $"{file}-shm"])
            {
                File.Delete(part);
            }

            return TryOpen(file, options);
        }
    }

    /// <summary>The vectors of texts, in order; null for each that the cache does not have.</summary>
    /// <param name="model">What makes the vectors.</param>
    /// <param name="texts">The texts as the model gets them, prefix included.</param>
    public IReadOnlyList<float[]?> Find(EmbeddingIdentity model, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        float[]?[] found = new float[]?[texts.Count];
        byte[] salt = Salt(model);
        Run(() =>
        {
            long now = Tick();
            for (int i = 0; i < found.Length; i++)
            {
                byte[] key = Key(salt, texts[i]);
                if (_connection.Scalar("SELECT data FROM vectors WHERE key = @1", key) is byte[] data && Decode(data, model.Dimensions) is { } vector)
                {
                    found[i] = vector;
                    _connection.Execute("UPDATE vectors SET used = @2 WHERE key = @1", key, now);
                }
            }

        });
        int hits = found.Count(vector => vector is not null);
        Interlocked.Add(ref _hits, hits);
        Interlocked.Add(ref _misses, found.Length - hits);
        return found;
    }

    /// <summary>Remembers vectors.</summary>
    /// <param name="model">What made them.</param>
    /// <param name="texts">The texts as the model got them.</param>
    /// <param name="vectors">One each, of the model's dimension; one that holds a value that is not finite is passed over.</param>
    public void Add(EmbeddingIdentity model, IReadOnlyList<string> texts, IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(vectors);
        byte[] salt = Salt(model);
        Run(() =>
        {
            long now = Tick();
            for (int i = 0; i < texts.Count; i++)
            {
                if (vectors[i].Length == model.Dimensions && float.IsFinite(TensorPrimitives.Norm(vectors[i].Span)))
                {
                    _connection.Execute("REPLACE INTO vectors VALUES (@1, @2, @3)", Key(salt, texts[i]), now, Encode(vectors[i].Span));
                }
            }

            Trim();
        });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _connection.Dispose();
        }
    }

    // By the application id in SQLite's header (https://sqlite.org/fileformat2.html, 1.3): what lacks ours may be anybody's data.
    private static bool IsOurs(string file)
    {
        const int Place = 68;
        Span<byte> header = stackalloc byte[Place + sizeof(int)];
        if (!File.Exists(file))
        {
            return false;
        }

        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && BinaryPrimitives.ReadInt32BigEndian(header[Place..]) == ApplicationId;
    }

    private static EmbeddingCache TryOpen(string file, EmbeddingCacheOptions options) => SqliteErrors.Guard(file, () =>
    {
        IndexConnection connection = IndexConnection.Open(file, readOnly: false, options.BusyTimeout);
        try
        {
            CreateTables(connection);
            return new EmbeddingCache(connection, options.MaxBytes);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    private static void CreateTables(IndexConnection connection)
    {
        if (connection.Number("PRAGMA application_id") == 0 && connection.Number("SELECT count(*) FROM sqlite_master") == 0)
        {
            // Losing the last vectors with the power costs their computation, nothing else: no wait for the disk.
            connection.Scalar("PRAGMA journal_mode = WAL");
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                BEGIN IMMEDIATE;
                CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, used INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
                CREATE INDEX IF NOT EXISTS vectors_by_use ON vectors (used);
                PRAGMA application_id = {ApplicationId};
                PRAGMA user_version = {FormatVersion};
                COMMIT
                """));
        }

        if (connection.Number("PRAGMA application_id") != ApplicationId)
        {
            throw NotACache(connection.Path, null);
        }

        if (connection.Number("PRAGMA user_version") != FormatVersion)
        {
            throw new CorruptException($"The file {connection.Path} is no embedding cache of this version.", connection.Path);
        }

        connection.Execute("PRAGMA synchronous = NORMAL");
    }

    private static IncompatibleException NotACache(string file, Exception? inner) =>
        new($"The file {file} is no embedding cache. Name another file, or delete it.", file, inner);

    private static byte[] Salt(EmbeddingIdentity model) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(model, IndexJson.Default.EmbeddingIdentity));

    private static byte[] Key(ReadOnlySpan<byte> salt, string text) => SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(text)]);

    private static byte[] Encode(ReadOnlySpan<float> vector)
    {
        byte[] data = new byte[(vector.Length * sizeof(float)) + sizeof(uint)];
        MemoryMarshal.AsBytes(vector).CopyTo(data);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(^sizeof(uint)), BlobReader.Checksum(data.AsSpan(..^sizeof(uint))));
        return data;
    }

    private static float[]? Decode(ReadOnlySpan<byte> data, int dimensions) =>
        data.Length == (dimensions * sizeof(float)) + sizeof(uint)
        && BinaryPrimitives.ReadUInt32LittleEndian(data[^sizeof(uint)..]) == BlobReader.Checksum(data[..^sizeof(uint)])
            ? MemoryMarshal.Cast<byte, float>(data[..^sizeof(uint)]).ToArray()
            : null;

    // A time that all processes share: one more than the newest use.
    private long Tick() => _connection.Number("SELECT max(used) FROM vectors") + 1;

    private void Trim()
    {
        while ((_connection.Number("PRAGMA page_count") - _connection.Number("PRAGMA freelist_count")) * _connection.Number("PRAGMA page_size") > _maxBytes
            && _connection.Execute("DELETE FROM vectors WHERE key IN (SELECT key FROM vectors ORDER BY used LIMIT 1 + (SELECT count(*) FROM vectors) / 10)") > 0)
        {
        }
    }

    private void Run(Action action)
    {
        lock (_lock)
        {
            SqliteErrors.Guard(_connection.Path, () =>
            {
                _connection.Execute("BEGIN IMMEDIATE");
                try
                {
                    action();
                    _connection.Execute("COMMIT");
                    return true;
                }
                catch
                {
                    _connection.Rollback();
                    throw;
                }
            });
        }
    }
}
