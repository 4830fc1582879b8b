using System.Runtime.InteropServices;
using Rag.Index.Filters;
using Rag.Index.Vectors.Hnsw;

namespace Rag.Index.Vectors.Caching;

/// <summary>A graph's form in a file. Every number that is read is checked before it is used.</summary>
internal static unsafe class GraphCodec
{
    /// <summary>New numbers of the rows, without holes; -1 for a hole.</summary>
    public static int[] Renumber(int count, RowSet? live)
    {
        int[] numbers = new int[count];
        int next = 0;
        for (int row = 0; row < count; row++)
        {
            numbers[row] = live?[row] == false ? -1 : next++;
        }

        return numbers;
    }

    /// <summary>Numbers in the lists of the upper layers.</summary>
    public static long UpperLength(HnswGraph graph, int count, int[] numbers)
    {
        long length = 0;
        for (int row = 0; row < count; row++)
        {
            length += numbers[row] < 0 ? 0 : graph.Level(row) * (graph.M + 1);
        }

        return length;
    }

    /// <summary>Writes the lists of the lowest layer, the levels, the lists above.</summary>
    public static void Write(ChecksummedWriter writer, HnswGraph graph, int count, int[] numbers, VectorCacheHeader header)
    {
        for (int row = 0; row < count; row++)
        {
            if (numbers[row] >= 0)
            {
                WriteList(writer, graph, row, 0, numbers);
            }
        }

        byte[] levels = new byte[header.LevelsLength];
        for (int row = 0; row < count; row++)
        {
            if (numbers[row] >= 0)
            {
                levels[numbers[row]] = (byte)graph.Level(row);
            }
        }

        writer.Write(levels);
        for (int row = 0; row < count; row++)
        {
            for (int layer = 1; numbers[row] >= 0 && layer <= graph.Level(row); layer++)
            {
                WriteList(writer, graph, row, layer, numbers);
            }
        }
    }

    /// <summary>Reads a graph; null where a number is out of range.</summary>
    public static HnswGraph? Read(VectorCacheHeader header, int* links, byte* levels, int* upper)
    {
        HnswGraph graph = new(header.M, header.Seed);
        graph.Reserve(header.Count);
        int* end = upper + header.UpperLength;
        for (int row = 0; row < header.Count; row++)
        {
            int level = levels[row];
            if (level > HnswGraph.MaxLevel)
            {
                return null;
            }

            graph.SetLevel(row, level);
            if (!ReadList(graph, row, 0, links + ((long)row * ((2 * header.M) + 1)), header.Count))
            {
                return null;
            }

            for (int layer = 1; layer <= level; layer++, upper += header.M + 1)
            {
                if (upper + header.M + 1 > end || !ReadList(graph, row, layer, upper, header.Count))
                {
                    return null;
                }
            }
        }

        if ((uint)header.EntryRow >= (uint)header.Count || header.EntryLevel != graph.Level(header.EntryRow) || upper != end)
        {
            return null;
        }

        graph.Entry = (header.EntryRow, header.EntryLevel);
        return graph;
    }

    private static void WriteList(ChecksummedWriter writer, HnswGraph graph, int row, int layer, int[] numbers)
    {
        Span<int> list = stackalloc int[graph.MostLinks(layer) + 1];
        list.Clear();
        foreach (int link in graph.Links(row, layer))
        {
            if (link < numbers.Length && numbers[link] >= 0)
            {
                list[++list[0]] = numbers[link];
            }
        }

        writer.Write(MemoryMarshal.AsBytes(list));
    }

    private static bool ReadList(HnswGraph graph, int row, int layer, int* list, int count)
    {
        int length = list[0];
        if ((uint)length > (uint)graph.MostLinks(layer))
        {
            return false;
        }

        ReadOnlySpan<int> links = new(list + 1, length);
        foreach (int link in links)
        {
            if ((uint)link >= (uint)count)
            {
                return false;
            }
        }

        graph.SetLinks(row, layer, links);
        return true;
    }
}
