using System.Collections.Frozen;
using System.Text;

namespace Rag.Index.Text;

/// <summary>
/// The default analyzer. Text is folded to lower-case base letters; runs of letters and digits are words; English stop words and
/// question words are dropped; the s of a possessive goes; words of plain Latin letters are stemmed (Porter2). Scripts written
/// without dependable word boundaries (Hangul, Han, kana, Thai and its neighbours) give the bigrams of each run of one script, a
/// single character itself. The platform's normalisation is not used, so terms are the same on every machine. A stop word takes a
/// position, so that a phrase tells "state of the art" from "state art".
/// </summary>
/// <remarks>
/// Where words end differs from the word boundaries of Unicode (UAX #29), each time so that parts are found too: apostrophes, full stops,
/// colons and underscores inside a word or number part it ("can't", "3.14", "example.com", "a_b" are one word there); Katakana and
/// Hangul runs are one word there, Han and Hiragana characters one each, Thai and its neighbours left to a dictionary, all of them
/// bigrams here; emoji are words there and none here. <see cref="CodeAnalyzer"/> has names and dotted numbers whole as well.
/// </remarks>
public sealed class StandardAnalyzer : ITextAnalyzer
{
    /// <summary>UTF-16 units of a word that count; what follows is ignored, in passages and questions alike.</summary>
    public const int MaxTermLength = 64;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> StopWordLookup =
        StopWords.English.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly StemMemory _stems = new();

    /// <inheritdoc/>
    public string Fingerprint => "standard-1";

    /// <inheritdoc/>
    public void Analyze(ReadOnlySpan<char> text, ITermSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        FoldedTextReader reader = new(text);
        Span<char> word = stackalloc char[MaxTermLength];
        Span<char> pair = stackalloc char[4];
        int length = 0, run = 0, step = 1;
        WritingSystem runSystem = WritingSystem.None;
        Rune previous = default;

        while (reader.Next(out Rune rune))
        {
            WritingSystem system = WritingSystems.Of(rune);
            if (system == WritingSystem.Ignored || (system == WritingSystem.Mark && length == 0))
            {
                continue;
            }

            if (system is WritingSystem.Word or WritingSystem.Mark)
            {
                EndRun(pair, previous, ref run, ref step, sink);
                length = Append(word, length, rune);
                continue;
            }

            if (length > 0 && rune.Value is '\'' or '\u2019')
            {
                reader.SkipPossessive();
            }

            EndWord(_stems, word, ref length, ref step, sink);
            if (system == WritingSystem.None || system != runSystem)
            {
                EndRun(pair, previous, ref run, ref step, sink);
            }

            if (system != WritingSystem.None)
            {
                if (run > 0)
                {
                    Emit(pair, previous, rune, ref step, sink);
                }

                run++;
                previous = rune;
            }

            runSystem = system;
        }

        EndWord(_stems, word, ref length, ref step, sink);
        EndRun(pair, previous, ref run, ref step, sink);
    }

    private static int Append(Span<char> word, int length, Rune rune) =>
        length + rune.Utf16SequenceLength <= word.Length ? length + rune.EncodeToUtf16(word[length..]) : length;

    private static void EndWord(StemMemory stems, Span<char> word, ref int length, ref int step, ITermSink sink)
    {
        Span<char> given = word[..length];
        length = 0;
        if (given.IsEmpty)
        {
            return;
        }

        if (StopWordLookup.Contains(given))
        {
            step++;
            return;
        }

        sink.Add(Ascii.IsValid(given) ? stems.Stem(given) : given, step);
        step = 1;
    }

    // A run of one character has no bigram and stands for itself.
    private static void EndRun(Span<char> pair, Rune last, ref int run, ref int step, ITermSink sink)
    {
        if (run == 1)
        {
            sink.Add(pair[..last.EncodeToUtf16(pair)], step);
            step = 1;
        }

        run = 0;
    }

    private static void Emit(Span<char> pair, Rune first, Rune second, ref int step, ITermSink sink)
    {
        int length = first.EncodeToUtf16(pair);
        length += second.EncodeToUtf16(pair[length..]);
        sink.Add(pair[..length], step);
        step = 1;
    }
}
