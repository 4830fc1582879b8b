namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>The shortest texts of languages, each searched once.</summary>
/// <param name="maxStates">The most states to search through.</param>
internal sealed class ShortestWords(int maxStates)
{
    private readonly Dictionary<ByteLanguage, byte[]?> _known = [];

    /// <summary>A shortest text; null where none was found in time.</summary>
    public byte[]? Of(ByteLanguage language)
    {
        if (!_known.TryGetValue(language, out byte[]? known))
        {
            if (_known.Count >= maxStates)
            {
                _known.Clear();
            }

            known = _known[language] = Search(language);
        }

        return known;
    }

    private byte[]? Search(ByteLanguage from)
    {
        Dictionary<ByteLanguage, (ByteLanguage? Before, byte Value)> reached = new() { [from] = (null, 0) };
        Queue<ByteLanguage> queue = new([from]);
        while (queue.TryDequeue(out ByteLanguage? at) && reached.Count < maxStates)
        {
            if (at.Nullable)
            {
                List<byte> word = [];
                (ByteLanguage? Before, byte Value) step = reached[at];
                while (step.Before is { } before)
                {
                    word.Add(step.Value);
                    step = reached[before];
                }

                word.Reverse();
                return [.. word];
            }

            foreach (byte value in at.Representatives())
            {
                ByteLanguage next = at.Step(value);
                if (next.Kind != LanguageKind.Empty && reached.TryAdd(next, (at, value)))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }
}
