using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Packing;

/// <summary>
/// The SHA-256 of weights, of all their bytes. Reading them takes as long as loading them, so that it is remembered for each file
/// beside its length and time: a file that changes without changing these is taken for the old one.
/// </summary>
internal sealed class WeightsIdentity(string folder)
{
    private const int MaxRecordBytes = 256;
    private const int BufferBytes = 1 << 20;

    /// <summary>The hash of all files of some weights.</summary>
    public string Of(SafetensorsFolder weights, CancellationToken cancellationToken)
    {
        string all = string.Join('\n', weights.FilePaths.Select(file => OfFile(file, cancellationToken)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(all)));
    }

    /// <summary>Whether the hash is known without reading the weights.</summary>
    public bool Knows(SafetensorsFolder weights) => weights.FilePaths.All(file => Known(State(file), Record(file)) is not null);

    private string Record(string path) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..32]);

    private static string State(string path)
    {
        FileInfo file = new(path);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");
    }

    private static string? Known(string state, string record) =>
        new FileInfo(record) is { Exists: true, Length: < MaxRecordBytes } && File.ReadAllText(record) is { } known &&
        known.StartsWith(state + " ", StringComparison.Ordinal) && known.Length == state.Length + 65
            ? known[^64..]
            : null;

    private string OfFile(string path, CancellationToken cancellationToken)
    {
        try
        {
            (string state, string record) = (State(path), Record(path));
            if (Known(state, record) is { } known)
            {
                return known;
            }

            string hash = Hash(path, cancellationToken);
            Directory.CreateDirectory(folder);
            string unfinished = string.Create(CultureInfo.InvariantCulture, $"{record}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.partial");
            File.WriteAllText(unfinished, $"{state} {hash}");
            File.Move(unfinished, record, overwrite: true);
            return hash;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The weights {path} cannot be hashed for the cache in {folder}: {e.Message}", path, e);
        }
    }

    private static string Hash(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
