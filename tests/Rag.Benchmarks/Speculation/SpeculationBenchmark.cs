using System.Globalization;
using System.Numerics.Tensors;
using Rag.Benchmarks.Decoders;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Benchmarks.Speculation;

/// <summary>
/// How many times as fast answers come with guesses checked, by a decoder of a known shape with random weights that is made to say
/// given texts: guesses right by a given chance, and answers that people copied from passages. Plain steps and guessed ones in turns,
/// in time of the processor.
/// </summary>
internal static class SpeculationBenchmark
{
    private const int PromptTokens = 1024;
    private const int AnswerTokens = 96;
    private static readonly TimeProvider Time = new ProcessorTime();

    /// <summary>Runs it. Arguments: [FOLDER] [SHAPE] [PRECISION] [THREADS] [ROUNDS] [ANSWERS.jsonl TOKENIZER]; the folder is written where it is not there.</summary>
    public static void Run(ReadOnlySpan<string> args)
    {
        string root = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "rag-benchmarks");
        string name = args.Length > 1 ? args[1] : DecoderShape.Known[0].Name;
        WeightPrecision precision = args.Length > 2 ? Enum.Parse<WeightPrecision>(args[2]) : WeightPrecision.Int8;
        int threads = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0;
        int rounds = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 4;
        DecoderShape shape = DecoderShape.Known.Single(known => known.Name == name);
        string folder = Path.Combine(root, shape.Name);
        if (!File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            shape.Write(folder);
        }

        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder), new RuntimeOptions { Weights = precision, Threads = threads, CacheDirectory = root });
        Console.WriteLine($"{shape.Name}, {precision}, {(threads == 0 ? Environment.ProcessorCount : threads)} threads, {rounds} rounds");
        Random random = new(1);
        int[] prompt = Tokens(PromptTokens, shape.Vocabulary, random);
        Widths(model, prompt, rounds);
        Rounding(model, prompt);
        Console.WriteLine("| answers | tokens a step | accepted | times as fast, best of rounds | median | from, to |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (double right in (double[])[0, .3, .6, .9, 1])
        {
            int[] answer = Tokens(AnswerTokens, shape.Vocabulary, random);
            AnswerCase one = new(prompt, answer);
            Row(string.Create(CultureInfo.InvariantCulture, $"each guess right by {right}"), model, [one], rounds, (_, _) => [new ChanceDrafter([.. prompt, .. answer], right, shape.Vocabulary)]);
        }

        Row("of random tokens", model, [new AnswerCase(prompt, Tokens(AnswerTokens, shape.Vocabulary, random))], rounds);
        Row("of pairs from the prompt", model, [new AnswerCase(prompt, Broken(prompt, random))], rounds);
        if (args.Length > 6)
        {
            AnswerCase[] cases = [.. AnswerCase.Read(args[5], Tokenizer.Load(args[6]), 3).Where(one => one.Answer.Length is > 40 and < 120 && one.Prompt.Concat(one.Answer).All(id => id < shape.Vocabulary)).Take(12)];
            Row("copied by people", model, cases, Math.Max(1, rounds / 2));
        }
    }

    private static int[] Tokens(int count, int vocabulary, Random random) => [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];

    private static int[] Broken(int[] prompt, Random random) =>
        [.. Enumerable.Range(0, AnswerTokens / 2).Select(_ => random.Next(prompt.Length - 2)).SelectMany(at => prompt.AsSpan(at, 2).ToArray())];

    private static void Widths(OnnxDecoderModel model, int[] prompt, int rounds)
    {
        int[] widths = [1, 2, 3, 4, 5, 6, 8, 12, 17];
        double[] best = [.. widths.Select(_ => double.MaxValue)];
        using CachedSession session = new(model.CreateSession());
        session.Append(prompt, CancellationToken.None);
        for (int round = 0; round < rounds * 8; round++)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                long start = Time.GetTimestamp();
                session.Append(prompt.AsSpan(0, widths[i]), widths[i], CancellationToken.None);
                best[i] = Math.Min(best[i], Time.GetElapsedTime(start).TotalSeconds);
                session.Rewind(prompt.Length);
            }
        }

        Console.WriteLine("A step of " + string.Join(", ", widths.Zip(best, (width, seconds) => string.Create(CultureInfo.InvariantCulture, $"{width}: {seconds / best[0]:f2}"))) + string.Create(CultureInfo.InvariantCulture, $" times one of one token, {best[0] * 1000:f1} ms"));
    }

    // What a step of several tokens rounds otherwise than as many steps of one.
    private static void Rounding(OnnxDecoderModel model, int[] prompt)
    {
        const int Most = 96;
        int vocabulary = model.VocabularySize;
        using CachedSession plain = new(model.CreateSession());
        using CachedSession wide = new(model.CreateSession());
        plain.Append(prompt.AsSpan(0, 200), CancellationToken.None);
        wide.Append(prompt.AsSpan(0, 200), CancellationToken.None);
        foreach (int width in (int[])[2, 4, 8, 16])
        {
            double largest = 0;
            double difference = 0;
            int others = 0;
            plain.Rewind(200);
            wide.Rewind(200);
            for (int at = 200; at < 200 + Most; at += width)
            {
                float[] rows = wide.Append(prompt.AsSpan(at, width), width, CancellationToken.None).ToArray();
                for (int i = 0; i < width; i++)
                {
                    ReadOnlySpan<float> row = plain.Append(prompt.AsSpan(at + i, 1), CancellationToken.None);
                    ReadOnlySpan<float> other = rows.AsSpan(i * vocabulary, vocabulary);
                    float[] apart = new float[vocabulary];
                    TensorPrimitives.Subtract(row, other, apart);
                    difference = Math.Max(difference, Math.Abs(TensorPrimitives.MaxMagnitude<float>(apart)));
                    largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude(row)));
                    others += TensorPrimitives.IndexOfMax(row) == TensorPrimitives.IndexOfMax(other) ? 0 : 1;
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Steps of {width}: logits differ by {difference:e1} at most, of {largest:f1}; another token is the likeliest at {others} of {Most} places"));
        }
    }

    private static void Row(
        string name, OnnxDecoderModel model, AnswerCase[] cases, int rounds,
        Func<string?, Rag.Runtime.Generation.Constraints.Tokens.TokenMatcher?, IEnumerable<IDrafter>>? drafters = null)
    {
        using SpeculationShare share = drafters is null
            ? new SpeculationShare(new SpeculationOptions(), 256, Time)
            : new SpeculationShare(new SpeculationOptions(), 256, Time) { CreateDrafters = drafters };
        List<double> ratios = [];
        double bestPlain = double.MaxValue;
        double bestGuessed = double.MaxValue;
        using CachedSession session = new(model.CreateSession());

        // Makes the room that the cache needs.
        foreach (AnswerCase one in cases)
        {
            session.Append(one.Prompt.AsSpan(session.Begin(one.Prompt)), CancellationToken.None);
            session.Append(one.Answer, CancellationToken.None);
        }

        for (int round = 0; round < rounds; round++)
        {
            double plain = 0;
            double guessed = 0;
            foreach (AnswerCase one in cases)
            {
                int kept = session.Begin(one.Prompt);
                session.Append(one.Prompt.AsSpan(kept), CancellationToken.None);

                // Each half as often first as last.
                bool first = round % 2 == 0;
                guessed += first ? Guessed(share, session, one) : 0;
                plain += Plain(session, one);
                guessed += first ? 0 : Guessed(share, session, one);
            }

            ratios.Add(plain / guessed);
            bestPlain = Math.Min(bestPlain, plain);
            bestGuessed = Math.Min(bestGuessed, guessed);
        }

        ratios.Sort();
        SpeculationUsage usage = share.Usage;
        double tokens = (double)rounds * cases.Sum(one => one.Answer.Length);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {tokens / usage.Steps:f2} | {(usage.DraftedTokens == 0 ? 0 : usage.AcceptedTokens / (double)usage.DraftedTokens):f2} | {bestPlain / bestGuessed:f2} | {ratios[ratios.Count / 2]:f2} | {ratios[0]:f2} to {ratios[^1]:f2} |"));
    }

    private static double Plain(CachedSession session, AnswerCase one)
    {
        session.Rewind(one.Prompt.Length);
        long start = Time.GetTimestamp();
        for (int i = 0; i < one.Answer.Length; i++)
        {
            session.Append(one.Answer.AsSpan(i, 1), CancellationToken.None);
        }

        return Time.GetElapsedTime(start).TotalSeconds;
    }

    private static double Guessed(SpeculationShare share, CachedSession session, AnswerCase one)
    {
        session.Rewind(one.Prompt.Length - 1);
        using SpeculativeRun run = share.Begin(session, one.Prompt.Length, one.Answer.Length + 1, new HashSet<int>(), null)!;
        run.Append(one.Prompt.AsSpan(^1), CancellationToken.None);
        long start = Time.GetTimestamp();
        for (int i = 0; i < one.Answer.Length; i++)
        {
            run.Append(one.Answer.AsSpan(i, 1), CancellationToken.None);
        }

        return Time.GetElapsedTime(start).TotalSeconds;
    }
}
