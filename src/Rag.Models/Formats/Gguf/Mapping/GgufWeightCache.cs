using System.Buffers.Binary;
using System.Security.Cryptography;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Hub;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>
/// Weights of GGUF models as safetensors files, one folder for each model, named by what is in its files. A folder is written
/// whole or not at all and can be deleted at any time.
/// </summary>
internal sealed class GgufWeightCache(string root)
{
    private const string WeightsFile = "model.safetensors";
    private const string KeyEntry = "rag.gguf.key";

    // Goes up when the same file would be written otherwise.
    private const string Version = "rag gguf weights 1\n";
    private const int Samples = 64;
    private const int SampleBytes = 4096;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromHours(1);

    /// <summary>The folder of a model's weights, written now where it is not there.</summary>
    /// <exception cref="UnavailableException">The cache cannot be written.</exception>
    /// <exception cref="UnsupportedException">A tensor is of no known use.</exception>
    public string Folder(GgufFileSet files, Func<IEnumerable<IMappedTensor>> tensors)
    {
        string key = Key(files);
        string folder = Path.Combine(root, "rag-gguf", key);
        string path = Path.Combine(folder, WeightsFile);
        if (File.Exists(path))
        {
            return folder;
        }

        StreamedTensor[] streamed = [.. tensors().Select(tensor => tensor.ToStreamed())];
        using ModelLock held = ModelLock.Acquire(Path.Combine(folder, "lock"), LockTimeout, TimeProvider.System, CancellationToken.None);
        if (!File.Exists(path))
        {
            SafetensorsWriter.WriteStreamed(path, streamed, new Dictionary<string, string> { [KeyEntry] = key });
        }

        return folder;
    }

    // Everything before the data, and of the data a sample with its length and time: to hash all of it would take as long as to load it.
    private static string Key(GgufFileSet files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes(Version));
        byte[] buffer = new byte[SampleBytes];
        foreach (GgufFile file in files.Files)
        {
            long length = file.FileLength;
            BinaryPrimitives.WriteInt64LittleEndian(buffer, length);
            BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(8), File.GetLastWriteTimeUtc(file.FilePath).Ticks);
            hash.AppendData(buffer, 0, 16);
            for (long at = 0; at < file.HeaderBytes; at += SampleBytes)
            {
                Append(file, at, hash, buffer);
            }

            for (int i = 0; i < Samples; i++)
            {
                Append(file, file.HeaderBytes + ((length - file.HeaderBytes) / Samples * i), hash, buffer);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private static void Append(GgufFile file, long at, IncrementalHash hash, byte[] buffer) => hash.AppendData(buffer, 0, file.ReadRaw(buffer, at));
}
