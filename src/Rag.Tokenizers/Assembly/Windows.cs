namespace Rag.Tokenizers.Assembly;

/// <summary>Cuts a run of tokens into windows, as the reference implementation does.</summary>
internal static class Windows
{
    /// <summary>The windows of a run: what is kept, then what was cut off.</summary>
    /// <param name="count">Number of tokens.</param>
    /// <param name="max">The most tokens of a window.</param>
    /// <param name="options">The end that is cut, the overlap, and whether windows are wanted at all.</param>
    /// <exception cref="ArgumentOutOfRangeException">When the overlap is not smaller than the window.</exception>
    public static List<(int Start, int End)> Cut(int count, int max, EncodeOptions options)
    {
        if (count <= max)
        {
            return [(0, count)];
        }

        bool fromEnd = options.TruncationSide == TextSide.End;
        if (!options.Windows)
        {
            return [fromEnd ? (0, max) : (count - max, count)];
        }

        if (max == 0)
        {
            // No room at all: nothing is kept, and all of it is what was cut off.
            return [(0, 0), (0, count)];
        }

        if (options.WindowOverlap >= max)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.WindowOverlap, $"WindowOverlap must be smaller than the room of {max} tokens that MaxTokens leaves a text.");
        }

        int step = max - options.WindowOverlap;
        List<(int Start, int End)> windows = [];
        for (long moved = 0; ; moved += step)
        {
            (int Start, int End) window = fromEnd
                ? ((int)moved, (int)Math.Min(moved + max, count))
                : ((int)Math.Max(count - moved - max, 0), (int)(count - moved));
            windows.Add(window);
            if (windows.Count > options.MaxWindows)
            {
                throw new LimitExceededException(nameof(EncodeOptions.MaxWindows), options.MaxWindows, windows.Count);
            }

            if (fromEnd ? window.End == count : window.Start == 0)
            {
                return windows;
            }
        }
    }
}
