using System.Runtime.InteropServices;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// A row of the postings table: chunks in order of key as distances (the first from the row's own first key), with frequency and length.
/// </summary>
internal static class PostingsBlock
{
    /// <summary>Postings in one block: about a kilobyte, which a page of the database holds several of.</summary>
    public const int MaxPostings = 256;

    public static byte[] Encode(long first, ReadOnlySpan<Posting> postings, BlobWriter blob)
    {
        long last = first;
        foreach (Posting posting in postings)
        {
            blob.Number(posting.Chunk - last);
            blob.Number(posting.Frequency);
            blob.Number(posting.Length);
            last = posting.Chunk;
        }

        return blob.ToBlob();
    }

    /// <summary>Appends the block's postings to <paramref name="postings"/>.</summary>
    public static void Decode(ReadOnlySpan<byte> data, long first, string location, List<Posting> postings)
    {
        BlobReader reader = new(data, location);
        long chunk = first;
        while (!reader.IsAtEnd)
        {
            chunk += reader.Number();
            postings.Add(new(chunk, reader.Count(), reader.Count()));
        }
    }

    /// <summary>The span behind a list.</summary>
    public static ReadOnlySpan<Posting> Span(List<Posting> postings) => CollectionsMarshal.AsSpan(postings);
}
