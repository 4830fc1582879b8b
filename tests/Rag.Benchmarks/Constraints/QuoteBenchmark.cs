using System.Diagnostics;
using System.Globalization;
using System.Text;
using Rag.Runtime.Generation.Constraints.Quotes;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Benchmarks.Constraints;

/// <summary>
/// How long quotes take: compiling sources of several lengths, the masks of free text, of a quote's beginning and within quotes. Sources are made of the
/// vocabulary's own words, common ones more often.
/// </summary>
internal static class QuoteBenchmark
{
    private const int Rounds = 5;

    public static void Run(TokenVocabulary vocabulary)
    {
        Console.WriteLine();
        Console.WriteLine("| sources, kB | compile, ms | kept, bytes a byte | free text, ms | begin of quote, ms | within: median, ms | 99 % | most |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (int length in (int[])[10_000, 10_000, 100_000, 1_000_000])
        {
            QuoteSource[] sources = [.. Enumerable.Range(0, 10).Select(i => new QuoteSource(i.ToString(CultureInfo.InvariantCulture), Text(vocabulary, length / 10, i)))];
            QuoteConstraintOptions options = new() { MaxSourceCharacters = 10_000_000 };
            double compile = double.MaxValue, free = double.MaxValue, begin = double.MaxValue;
            List<double> within = [];
            _ = QuoteConstraint.Create(sources, options);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            QuoteConstraint constraint = QuoteConstraint.Create(sources, options);
            long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
            GC.KeepAlive(constraint);
            for (int round = 0; round < Rounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                constraint = QuoteConstraint.Create(sources, options);
                compile = Math.Min(compile, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                TokenMasks masks = new(vocabulary);
                TokenMatcher matcher = new(constraint, masks);
                free = Math.Min(free, Time(matcher, out _));
                foreach (byte value in "“"u8)
                {
                    matcher.TryAdvance(Enumerable.Range(0, vocabulary.Size).First(id => vocabulary.BytesOf(id) is [var only] && only == value));
                }

                begin = Math.Min(begin, Time(matcher, out _));
                Within(matcher, vocabulary, round, within);
            }

            within.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {length / 1000} | {compile:f2} | {kept / (double)length:f1} | {free:f2} | {begin:f2} | {within[within.Count / 2]:f4} | {within[(int)((within.Count - 1) * 0.99)]:f3} | {within[^1]:f2} |"));
        }
    }

    // Quotes of 40 tokens, each begun anew.
    private static void Within(TokenMatcher matcher, TokenVocabulary vocabulary, int seed, List<double> times)
    {
        Random random = new(seed);
        int begin = matcher.Length;
        for (int quote = 0; quote < 20; quote++)
        {
            matcher.Rewind(begin);
            for (int step = 0; step < 40; step++)
            {
                double time = Time(matcher, out TokenMask mask);
                if (step > 0)
                {
                    times.Add(time);
                }

                int[] allowed = [.. Enumerable.Range(0, vocabulary.Size).Where(id => mask[id] && !vocabulary.BytesOf(id).IsEmpty && vocabulary.BytesOf(id)[0] != 0xE2)];
                if (allowed.Length == 0 || !matcher.TryAdvance(allowed[random.Next(allowed.Length)]))
                {
                    break;
                }
            }
        }
    }

    private static double Time(TokenMatcher matcher, out TokenMask mask)
    {
        long start = Stopwatch.GetTimestamp();
        mask = matcher.Mask();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Text(TokenVocabulary vocabulary, int length, int seed)
    {
        Random random = new(seed);
        string[] words = [.. Enumerable.Range(0, vocabulary.Size).Select(id => Encoding.UTF8.GetString(vocabulary.BytesOf(id))).Where(word => word.Length > 2 && word[0] == ' ' && word.Skip(1).All(char.IsLetter)).Take(20_000)];
        StringBuilder text = new();
        while (text.Length < length)
        {
            text.Append(words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))]).Append(random.Next(12) == 0 ? "." : "");
        }

        return text.ToString(1, length - 1);
    }
}
