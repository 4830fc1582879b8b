using System.Text;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// A chunk's terms as one blob: its length, then each term with its count and positions, sorted by bytes, each term as the length of
/// what it shares with the one before and the rest.
/// </summary>
internal static class TermsRecord
{
    private const int MaxTermBytes = 1 << 16;

    public static byte[] Encode(TermCounts terms, BlobWriter blob)
    {
        blob.Number(terms.Length);
        blob.Number(terms.Positions.Count);
        List<(byte[] Term, List<int> Positions)> sorted = [.. terms.Positions.Select(pair => (Encoding.UTF8.GetBytes(pair.Key), pair.Value))];
        sorted.Sort((a, b) => a.Term.AsSpan().SequenceCompareTo(b.Term));
        ReadOnlySpan<byte> last = [];
        foreach ((byte[] term, List<int> positions) in sorted)
        {
            int shared = last.CommonPrefixLength(term);
            blob.Number(shared);
            blob.Number(term.Length - shared);
            blob.Bytes(term.AsSpan(shared));
            blob.Number(positions.Count);
            PositionCodec.Write(PositionCodec.Span(positions), blob);
            last = term;
        }

        return blob.ToBlob();
    }

    /// <summary>Hands each term with its posting and positions to <paramref name="visit"/>.</summary>
    public static void Decode(ReadOnlySpan<byte> blob, long chunk, string location, TermVisitor visit)
    {
        BlobReader reader = new(blob, location);
        int length = reader.Count();
        byte[] term = new byte[64];
        List<int> positions = [];
        for (int left = reader.Count(), last = 0; left > 0; left--)
        {
            int shared = reader.Count(), added = reader.Count();
            if (shared > last || added > MaxTermBytes)
            {
                throw reader.Damaged();
            }

            if (shared + added > term.Length)
            {
                Array.Resize(ref term, 2 * (shared + added));
            }

            reader.Bytes(added).CopyTo(term.AsSpan(shared));
            last = shared + added;
            int frequency = reader.Count();
            positions.Clear();
            PositionCodec.Read(ref reader, frequency, positions);
            visit(term.AsSpan(0, last), new(chunk, frequency, length), PositionCodec.Span(positions));
        }
    }
}
