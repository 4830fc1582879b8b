using System.Globalization;
using Rag.Chunks;
using Rag.Documents;

namespace Rag.Tests.Chunking;

/// <summary>What must hold of any document's chunks.</summary>
internal static class ChunkInvariants
{
    /// <summary>A sentence naming the first thing that does not hold, or null.</summary>
    public static string? Broken(Document document, IReadOnlyList<Chunk> chunks)
    {
        string text = document.Text;
        HashSet<int> boundaries = [.. StringInfo.ParseCombiningCharacters(text), text.Length];
        bool[] covered = new bool[text.Length];
        int ordinal = 0, lastStart = -1;
        foreach (Chunk chunk in chunks)
        {
            if (chunk.Ordinal != ordinal++)
            {
                return $"ordinal {chunk.Ordinal}";
            }

            if (chunk.Range.Start <= lastStart)
            {
                return $"chunk {chunk.Ordinal} does not begin after the one before";
            }

            lastStart = chunk.Range.Start;
            if (text[chunk.Range.Start..chunk.Range.End] != chunk.Text || chunk.Text.Trim().Length == 0)
            {
                return $"text of chunk {chunk.Ordinal}";
            }

            if (!boundaries.Contains(chunk.Range.Start) || !boundaries.Contains(chunk.Range.End))
            {
                return $"chunk {chunk.Ordinal} {chunk.Range} splits a grapheme";
            }

            covered.AsSpan(chunk.Range.Start, chunk.Range.Length).Fill(true);
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (!covered[i] && !char.IsWhiteSpace(text[i]))
            {
                return $"character {i} (U+{(int)text[i]:X4}) is in no chunk";
            }
        }

        return chunks.Select(chunk => chunk.Id).Distinct().Count() == chunks.Count ? null : "two chunks have one id";
    }
}
