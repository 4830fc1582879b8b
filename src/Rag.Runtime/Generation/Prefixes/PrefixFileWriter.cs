using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>
/// Writes what was computed of a sequence's tokens: a safetensors file of the tokens, their rows in pieces, the state after them, and
/// a SHA-256 of all that. The metadata says what the numbers depend on.
/// </summary>
internal static class PrefixFileWriter
{
    /// <summary>Writes a file; it appears whole or not at all.</summary>
    /// <exception cref="UnavailableException">The file cannot be written.</exception>
    public static void Write(string path, DecoderIdentity identity, string adapter, int[] tokens, IRowSource source, CancellationToken cancellationToken)
    {
        Dictionary<string, string> metadata = PrefixFileFormat.Metadata(identity, adapter, source.Regime);
        using IncrementalHash hash = PrefixFileFormat.BeginHash(metadata);
        List<StreamedTensor> tensors = [Tensor(PrefixFileFormat.Tokens, TensorDataType.Int32, [tokens.Length], () => MemoryMarshal.AsBytes(tokens.AsSpan()).ToArray())];
        CacheLayout layout = source.Layout;
        int piece = PrefixCache.PieceTokens(layout);
        for (int start = 0; layout.FloatsPerToken > 0 && start < tokens.Length; start += piece)
        {
            (int first, int count) = (start, Math.Min(piece, tokens.Length - start));
            tensors.Add(Numbers(PrefixFileFormat.Rows(first), [count, layout.FloatsPerToken], rows => source.ReadRows(first, count, rows)));
        }

        if (layout.StateFloats > 0)
        {
            tensors.Add(Numbers(PrefixFileFormat.State, [layout.StateFloats], source.ReadState));
        }

        tensors.Add(new StreamedTensor(PrefixFileFormat.Checksum, TensorDataType.UInt8, [SHA256.HashSizeInBytes], SHA256.HashSizeInBytes, stream => stream.Write(hash.GetCurrentHash())));
        SafetensorsWriter.WriteStreamed(path, tensors, metadata, keepOrder: true);

        StreamedTensor Numbers(string name, long[] shape, Action<Span<float>> read) => Tensor(name, TensorDataType.Float32, shape, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] bytes = new byte[checked((int)(shape.Aggregate(1L, (product, size) => product * size) * sizeof(float)))];
            read(MemoryMarshal.Cast<byte, float>(bytes.AsSpan()));
            return bytes;
        });

        StreamedTensor Tensor(string name, TensorDataType type, long[] shape, Func<byte[]> make) =>
            new(name, type, shape, shape.Aggregate((long)sizeof(float), (product, size) => product * size), stream =>
            {
                byte[] bytes = make();
                hash.AppendData(bytes);
                stream.Write(bytes);
            });
    }
}
