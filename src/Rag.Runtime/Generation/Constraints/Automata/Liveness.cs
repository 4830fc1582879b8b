namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>
/// Whether a language has a text. Where nothing within may be empty unseen, it has; else its derivatives are searched for one
/// that may end, and what was learnt of each stays with it.
/// </summary>
internal static class Liveness
{
    public static bool IsLive(ByteLanguage language)
    {
        if (language.IsLive is { } known)
        {
            return known;
        }

        if (!language.MayBeDead || language.Nullable)
        {
            language.IsLive = true;
            return true;
        }

        return Search(language);
    }

    private static bool Search(ByteLanguage from)
    {
        Dictionary<ByteLanguage, ByteLanguage?> reachedFrom = new() { [from] = null };
        Queue<ByteLanguage> queue = new([from]);
        while (queue.TryDequeue(out ByteLanguage? at))
        {
            foreach (byte value in at.Representatives())
            {
                ByteLanguage next = at.Derivative(value);
                if (next.IsLive == true || next.Nullable || !next.MayBeDead)
                {
                    if (next.IsLive == false)
                    {
                        continue;
                    }

                    next.IsLive = true;
                    for (ByteLanguage? live = at; live is not null; live = reachedFrom[live])
                    {
                        live.IsLive = true;
                    }

                    return true;
                }

                if (next.IsLive is null && reachedFrom.TryAdd(next, at))
                {
                    queue.Enqueue(next);
                }
            }
        }

        foreach (ByteLanguage dead in reachedFrom.Keys)
        {
            dead.IsLive = false;
        }

        return false;
    }
}
