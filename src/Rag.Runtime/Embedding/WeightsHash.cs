using System.Security.Cryptography;
using System.Text;

namespace Rag.Runtime.Embedding;

/// <summary>
/// The identity of a model's weights. Of one file it is the SHA-256 that a hub lists as well; of several the SHA-256 of
/// their hashes and names. All bytes are read: a hash of samples would call a fine-tuned layer the same model, and reading
/// costs about as much as loading does (tens of milliseconds for 50 MB).
/// </summary>
internal static class WeightsHash
{
    /// <summary>Hashes the safetensors files of a folder.</summary>
    /// <exception cref="UnavailableException">There are none, or one cannot be read.</exception>
    public static string Compute(string folder)
    {
        try
        {
            string single = Path.Combine(folder, "model.safetensors");
            if (File.Exists(single))
            {
                return Hash(single);
            }

            string[] files = [.. Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)];
            if (files.Length == 0)
            {
                throw new UnavailableException($"The model folder {folder} has no safetensors weights.", folder);
            }

            string all = string.Join('\n', files.Select(file => $"{Hash(file)}  {Path.GetFileName(file)}"));
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The weights in {folder} cannot be read: {exception.Message}", folder, exception);
        }
    }

    /// <summary>Hashes the safetensors files of a folder and of its modules; without the latter, the folder's alone.</summary>
    /// <exception cref="UnavailableException">There are none, or one cannot be read.</exception>
    public static string Compute(string folder, IReadOnlyList<string> modules)
    {
        string weights = Compute(folder);
        return modules.Count == 0
            ? weights
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', modules.Select(OfFile).Prepend(weights)))));
    }

    /// <summary>Hashes one file.</summary>
    /// <exception cref="UnavailableException">It cannot be read.</exception>
    public static string OfFile(string path)
    {
        try
        {
            return Hash(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The weights {path} cannot be read: {exception.Message}", path, exception);
        }
    }

    private static string Hash(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
