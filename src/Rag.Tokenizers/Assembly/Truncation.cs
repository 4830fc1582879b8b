namespace Rag.Tokenizers.Assembly;

/// <summary>Shares the room for tokens out between the texts, by the rules of the reference implementation.</summary>
internal static class Truncation
{
    /// <summary>The most tokens of each text.</summary>
    /// <param name="first">Tokens of the first text.</param>
    /// <param name="second">Tokens of the second, or null where there is none.</param>
    /// <param name="room">The most tokens of both together.</param>
    /// <param name="strategy">Which text is cut.</param>
    /// <exception cref="LimitExceededException">When the text to be cut is too short to give up enough.</exception>
    public static (int First, int Second) Share(int first, int? second, int room, TruncationStrategy strategy)
    {
        int other = second ?? 0;
        long total = (long)first + other;
        if (room == 0)
        {
            return (0, 0);
        }

        if (total <= room)
        {
            return (first, other);
        }

        return strategy switch
        {
            TruncationStrategy.LongestFirst => second is null ? (room, 0) : Level(first, other, room),
            TruncationStrategy.OnlyFirst => (Rest(first, other), other),
            TruncationStrategy.OnlySecond when second is null => throw new ArgumentException("There is no second text to cut; give a pair, or another strategy."),
            TruncationStrategy.OnlySecond => (first, Rest(other, first)),
            _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "There is no such strategy."),
        };

        int Rest(int cut, int kept) => kept < room && cut > total - room
            ? room - kept
            : throw new LimitExceededException(nameof(EncodeOptions.MaxTokens), room, total);
    }

    private static (int First, int Second) Level(int first, int second, int room)
    {
        int shorter = Math.Min(first, second);
        int longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        if ((long)shorter + longer > room)
        {
            shorter = room / 2;
            longer = shorter + (room % 2);
        }

        return first > second ? (longer, shorter) : (shorter, longer);
    }
}
