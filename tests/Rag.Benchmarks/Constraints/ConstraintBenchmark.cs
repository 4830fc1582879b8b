using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Tokenizers;

namespace Rag.Benchmarks.Constraints;

/// <summary>
/// How long masks take over a vocabulary: random outputs of several constraints, the mask of every step timed, first as they
/// are met and then once more with all that was learnt.
/// </summary>
internal static class ConstraintBenchmark
{
    private const string Signs = "\"{}[]():;,.-_/\\<>=+*&#\n\t ";
    private const int Outputs = 10;
    private const int MaxTokens = 100;

    private static readonly (string Name, Func<TextConstraint> Make)[] Constraints =
    [
        ("JSON Schema", () => TextConstraint.FromJsonSchema(JsonDocument.Parse(
            """
            {"type":"object","properties":{"answer":{"type":"string"},"citations":{"type":"array","items":{"type":"object","properties":{"doc":{"type":"integer","minimum":0},
            "quote":{"type":"string"}},"required":["doc","quote"],"additionalProperties":false},"minItems":1,"maxItems":5},"confidence":{"type":"number","minimum":0,"maximum":1}},
            "required":["answer","citations","confidence"],"additionalProperties":false}
            """).RootElement)),
        ("any JSON", () => TextConstraint.FromJsonSchema(JsonDocument.Parse("{\"type\":\"object\"}").RootElement)),
        ("regex", () => TextConstraint.FromRegex("\\w+(\\s\\w+){3,40}\\.")),
        ("GBNF sums", () => TextConstraint.FromGbnf("root ::= expr\nexpr ::= term ((\"+\" | \"-\") term)*\nterm ::= factor ((\"*\" | \"/\") factor)*\nfactor ::= [0-9]+ | \"(\" expr \")\"\n")),
        ("GBNF text", () => TextConstraint.FromGbnf("root ::= \"<a>\" ([^<>] | root)* \"</a>\"\n")),
    ];

    /// <summary>Runs it. Arguments: [tokenizer file]; without one the vocabulary is made up, of 128,000 tokens.</summary>
    public static void Run(string[] args)
    {
        TokenVocabulary vocabulary = args.Length > 0 ? Read(args[0]) : MadeUp();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{vocabulary.Size} tokens, {vocabulary.Nodes} nodes"));
        Console.WriteLine("| constraint | masks | first: median, ms | 99 % | most | again: median, ms | 99 % | most |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach ((string name, Func<TextConstraint> make) in Constraints)
        {
            Measure(make(), vocabulary, 3);
            TextConstraint constraint = make();
            TokenMasks masks = new(vocabulary);
            double[] first = Measure(constraint, vocabulary, Outputs, masks, seed: 1);
            double[] again = Measure(constraint, vocabulary, Outputs, masks, seed: 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {first.Length} | {At(first, 0.5):f4} | {At(first, 0.99):f3} | {first[^1]:f2} | {At(again, 0.5):f4} | {At(again, 0.99):f3} | {again[^1]:f2} |"));
        }

        QuoteBenchmark.Run(vocabulary);
    }

    private static double At(double[] sorted, double share) => sorted[(int)((sorted.Length - 1) * share)];

    private static double[] Measure(TextConstraint constraint, TokenVocabulary vocabulary, int outputs, TokenMasks? masks = null, int seed = 0)
    {
        masks ??= new TokenMasks(vocabulary);
        Random random = new(seed);
        List<double> times = [];
        int[] allowed = new int[vocabulary.Size];
        for (int output = 0; output < outputs; output++)
        {
            TokenMatcher matcher = new(constraint, masks);
            for (int step = 0; step < MaxTokens; step++)
            {
                long start = Stopwatch.GetTimestamp();
                TokenMask mask = matcher.Mask();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                int count = 0;
                for (int id = 0; id < allowed.Length; id++)
                {
                    if (mask[id])
                    {
                        allowed[count++] = id;
                    }
                }

                if (count == 0 || !matcher.TryAdvance(allowed[random.Next(count)]))
                {
                    break;
                }
            }
        }

        double[] sorted = [.. times];
        Array.Sort(sorted);
        return sorted;
    }

    private static TokenVocabulary Read(string path)
    {
        Tokenizer tokenizer = path.EndsWith(".json", StringComparison.Ordinal) || Directory.Exists(path)
            ? Tokenizer.Load(path)
            : Tokenizer.LoadTiktoken(path, new TiktokenOptions());
        return TokenVocabulary.Of(tokenizer, tokenizer.VocabularySize, new HashSet<int> { tokenizer.VocabularySize - 1 }, new HashSet<int>());
    }

    // Words with and without a space before them, numbers, runs of signs: lengths as in vocabularies of large models.
    private static TokenVocabulary MadeUp()
    {
        Random random = new(1);
        List<byte[]?> tokens = [null, .. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
        HashSet<string> seen = [];
        for (int number = 0; number < 1000; number++)
        {
            Add(number.ToString(CultureInfo.InvariantCulture));
        }

        string[] syllables = [.. Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, 1 + random.Next(3)).Select(_ => "etaoinshrdlucmfwypvbgkqjxz"[(int)(26 * Math.Pow(random.NextDouble(), 2))])))];
        while (tokens.Count < 128_000)
        {
            string word = string.Concat(Enumerable.Range(0, 1 + random.Next(4)).Select(_ => syllables[random.Next(syllables.Length)]));
            Add(random.Next(20) switch
            {
                0 => string.Concat(Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Signs[random.Next(Signs.Length)])),
                1 => char.ToUpperInvariant(word[0]) + word[1..],
                2 => string.Concat(Enumerable.Range(0, 1 + random.Next(3)).Select(_ => char.ConvertFromUtf32(random.Next(3) == 0 ? 0xAC00 + random.Next(11000) : 0x4E00 + random.Next(20000)))),
                < 13 => " " + word,
                _ => word,
            });
        }

        return new TokenVocabulary([.. tokens], new HashSet<int> { 0 });

        void Add(string text)
        {
            if (seen.Add(text))
            {
                tokens.Add(System.Text.Encoding.UTF8.GetBytes(text));
            }
        }
    }
}
