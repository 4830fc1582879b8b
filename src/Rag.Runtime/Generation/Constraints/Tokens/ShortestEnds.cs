using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>
/// The shortest ways from states to an end, searched by bytes. They bring an output to its end before its
/// budget is spent: a token behind which too few would be left is replaced. Called under the constraint's lock.
/// </summary>
internal sealed class ShortestEnds(TokenVocabulary vocabulary)
{
    /// <summary>The longest end that is looked for, in tokens; earlier than this nothing is cut.</summary>
    public const int MaxLength = 128;

    private const int MaxStates = 4096;
    private const int MaxKept = 4096;
    private readonly Dictionary<ConstraintState, int[]?> _known = [];
    private readonly ShortestWords _words = new(MaxStates);

    /// <summary>A token, or in its place the first one of the shortest end where too few tokens would be left behind it.</summary>
    /// <param name="state">Where the output is.</param>
    /// <param name="token">A token that is allowed there.</param>
    /// <param name="left">How many tokens may be generated, this one and an end token included.</param>
    public int Settle(ConstraintState state, int token, int left)
    {
        ReadOnlySpan<byte> bytes = vocabulary.BytesOf(token);
        if (bytes.IsEmpty || (left > MaxLength && state.WayToEnd is null))
        {
            return token;
        }

        // No token is shorter than a byte.
        if (state.Next(bytes) is not { } next || next.WayToEnd?.Length + 2 <= left || Of(next)?.Length + 2 <= left || Of(state) is not { } end)
        {
            return token;
        }

        return end.Length > 0 ? end[0] : vocabulary.EndTokens is [var first, ..] ? first : token;
    }

    private int[]? Of(ConstraintState state)
    {
        if (!_known.TryGetValue(state, out int[]? known))
        {
            if (_known.Count == MaxKept)
            {
                _known.Clear();
            }

            known = _known[state] = (state.WayToEnd ?? Search(state)) is { } bytes ? Spell(bytes) : null;
        }

        return known;
    }

    // Dijkstra's search by bytes. Within one language that must be gone through the way is its shortest word at once, so that
    // the many texts of a string or a name are one step.
    private byte[]? Search(ConstraintState from)
    {
        Dictionary<ConstraintState, (ConstraintState? Before, byte[] Step, int Length)> reached = new() { [from] = (null, [], 0) };
        PriorityQueue<ConstraintState, int> queue = new([(from, 0)]);
        HashSet<ConstraintState> done = [];
        while (queue.TryDequeue(out ConstraintState? at, out int length) && reached.Count < MaxStates)
        {
            if (at.CanEnd)
            {
                return Path(reached, at);
            }

            if (!done.Add(at))
            {
                continue;
            }

            if (at.Leaf is { Nullable: false } leaf && _words.Of(leaf) is { } word && at.Next(word) is { } behind)
            {
                Reach(behind, word);
                continue;
            }

            for (int value = 0; value < 256; value++)
            {
                if (at.Next((byte)value) is { } next)
                {
                    Reach(next, [(byte)value]);
                }
            }

            void Reach(ConstraintState next, byte[] step)
            {
                if (!reached.TryGetValue(next, out (ConstraintState? Before, byte[] Step, int Length) known) || length + step.Length < known.Length)
                {
                    reached[next] = (at, step, length + step.Length);
                    queue.Enqueue(next, length + step.Length);
                }
            }
        }

        return null;
    }

    private static byte[] Path(Dictionary<ConstraintState, (ConstraintState? Before, byte[] Step, int Length)> reached, ConstraintState end)
    {
        Stack<byte[]> steps = [];
        (ConstraintState? Before, byte[] Step, int Length) at = reached[end];
        while (at.Before is { } before)
        {
            steps.Push(at.Step);
            at = reached[before];
        }

        return [.. steps.SelectMany(step => step)];
    }

    // The longest tokens first; null where some byte has none.
    private int[]? Spell(ReadOnlySpan<byte> bytes)
    {
        List<int> tokens = [];
        while (!bytes.IsEmpty)
        {
            int token = vocabulary.Longest(bytes, out int length);
            if (token < 0)
            {
                return null;
            }

            tokens.Add(token);
            bytes = bytes[length..];
        }

        return [.. tokens];
    }
}
