using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Models.Hub;

/// <summary>The running hash of a file that the hub named by its content: SHA-256, or git's SHA-1 of "blob {size}\0" and the content.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash;
    private readonly byte[] _prefix;
    private readonly string _expected;

    private ContentHash(HashAlgorithmName algorithm, byte[] prefix, string expected)
    {
        _hash = IncrementalHash.CreateHash(algorithm);
        _prefix = prefix;
        _expected = expected;
        Restart();
    }

    /// <summary>The hash to check a file by; null where nothing was said that could be checked.</summary>
    public static ContentHash? For(string? sha256, string? gitSha1, long? size)
    {
        if (sha256 is not null)
        {
            return new ContentHash(HashAlgorithmName.SHA256, [], sha256);
        }

        return gitSha1 is not null && size is { } length
            ? new ContentHash(HashAlgorithmName.SHA1, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {length}\0")), gitSha1)
            : null;
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Forgets everything appended.</summary>
    public void Restart()
    {
        _hash.TryGetHashAndReset(stackalloc byte[64], out _);
        _hash.AppendData(_prefix);
    }

    /// <summary>Whether what was appended is what the hub named.</summary>
    public bool Matches() => Convert.ToHexStringLower(_hash.GetCurrentHash()) == _expected;

    public void Dispose() => _hash.Dispose();
}
