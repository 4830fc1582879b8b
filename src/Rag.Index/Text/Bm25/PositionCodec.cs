using System.Runtime.InteropServices;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>Positions of one term in one chunk as distances, the first from 0.</summary>
internal static class PositionCodec
{
    public static void Write(ReadOnlySpan<int> positions, BlobWriter blob)
    {
        int last = 0;
        foreach (int position in positions)
        {
            blob.Number(position - last);
            last = position;
        }
    }

    /// <summary>Appends <paramref name="count"/> positions to <paramref name="positions"/>.</summary>
    public static void Read(ref BlobReader reader, int count, List<int> positions)
    {
        long last = 0;
        for (int i = 0; i < count; i++)
        {
            last += reader.Count();
            positions.Add(last <= int.MaxValue ? (int)last : throw reader.Damaged());
        }
    }

    /// <summary>The span behind a list.</summary>
    public static ReadOnlySpan<int> Span(List<int> positions) => CollectionsMarshal.AsSpan(positions);
}
