namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>A list of texts as a trie, in which equal endings are one.</summary>
internal static class ChoiceTree
{
    public static ByteLanguage Build(IEnumerable<byte[]> texts, ByteLanguages languages)
    {
        // Ends first: texts are sorted, and what they share from the start is closed when the next one leaves it.
        List<byte[]> sorted = [.. texts];
        sorted.Sort((x, y) => x.AsSpan().SequenceCompareTo(y));
        Stack<Level> open = new([new Level(0)]);
        byte[] last = [];
        foreach (byte[] text in sorted)
        {
            int shared = last.AsSpan().CommonPrefixLength(text);
            Close(open, shared, languages);
            for (int i = shared; i < text.Length; i++)
            {
                open.Push(new Level(text[i]));
            }

            open.Peek().Ends = true;
            last = text;
        }

        Close(open, 0, languages);
        return sorted.Count == 0 ? languages.Empty : open.Pop().Language(languages);
    }

    private static void Close(Stack<Level> open, int depth, ByteLanguages languages)
    {
        while (open.Count > depth + 1)
        {
            Level level = open.Pop();
            open.Peek().Below.Add((level.Byte, level.Byte, level.Language(languages)));
        }
    }

    private sealed class Level(byte value)
    {
        public byte Byte => value;

        public bool Ends { get; set; }

        public List<(byte First, byte Last, ByteLanguage Then)> Below { get; } = [];

        public ByteLanguage Language(ByteLanguages languages) =>
            Ends ? languages.Or(languages.Epsilon, languages.Switch(Below)) : languages.Switch(Below);
    }
}
