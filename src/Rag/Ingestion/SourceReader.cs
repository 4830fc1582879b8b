using System.Security.Cryptography;
using Rag.Documents;

namespace Rag.Ingestion;

/// <summary>Takes the bytes of source items, bounded, and finds the reader for them.</summary>
internal sealed class SourceReader(IReadOnlyList<IDocumentReader> readers, long maxFileBytes)
{
    private const int HeadLength = 4096;

    /// <summary>All bytes of an item.</summary>
    /// <exception cref="LimitExceededException">There are more than allowed; found before they are in memory.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(SourceItem item, CancellationToken cancellationToken)
    {
        if (item.Error is { } error)
        {
            throw error;
        }

        if (item.Length > maxFileBytes)
        {
            throw TooLong(item, item.Length.Value);
        }

        if (item.OpenAsync is null)
        {
            throw new CorruptException($"The source offers '{item.Id}' without a way to open it.", item.Id);
        }

        Stream stream = await item.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // One byte more than expected shows a file that grew; the length that a source states is only a first guess.
            byte[] buffer = new byte[(int)Math.Min(item.Length ?? 64 * 1024, maxFileBytes) + 1];
            int length = 0;
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return buffer.AsMemory(0, length);
                }

                length += read;
                if (length > maxFileBytes)
                {
                    throw TooLong(item, length);
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, maxFileBytes + 1));
                }
            }
        }
    }

    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>The first reader that takes the item.</summary>
    /// <exception cref="UnsupportedException">There is none.</exception>
    public IDocumentReader Pick(SourceItem item, ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> head = content[..Math.Min(content.Length, HeadLength)];
        foreach (IDocumentReader reader in readers)
        {
            if (reader.CanRead(item, head))
            {
                return reader;
            }
        }

        throw new UnsupportedException(
            $"No reader takes '{item.Id}'; there are readers for {string.Join(", ", readers.Select(reader => reader.Format))}.", item.Id);
    }

    private LimitExceededException TooLong(SourceItem item, long seen) =>
        new(nameof(IngestionOptions.MaxFileBytes), maxFileBytes, seen, $"'{item.Id}'");
}
