using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;

namespace Rag.Benchmarks.Decoders;

/// <summary>What a prompt costs whose beginning was computed before, as a share of what it costs cold: a decoder of a known shape with random weights.</summary>
internal static class FollowUpBenchmark
{
    private const int Known = 2000;
    private const int More = 40;

    /// <summary>Runs it. Arguments: [FOLDER] [SHAPE] [PRECISION] [THREADS] [ROUNDS]; the folder is written where it is not there.</summary>
    public static void Run(ReadOnlySpan<string> args)
    {
        string root = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "rag-benchmarks");
        string name = args.Length > 1 ? args[1] : DecoderShape.Known[0].Name;
        WeightPrecision precision = args.Length > 2 ? Enum.Parse<WeightPrecision>(args[2]) : WeightPrecision.Int8;
        int threads = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0;
        int rounds = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 3;
        DecoderShape shape = DecoderShape.Known.Single(known => known.Name == name);
        string folder = Path.Combine(root, shape.Name);
        if (!File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            shape.Write(folder);
        }

        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder), new RuntimeOptions { Weights = precision, Threads = threads, CacheDirectory = root });
        int[] prompt = [.. Enumerable.Range(0, Known + More).Select(i => (i * 7919) % shape.Vocabulary)];
        Dictionary<string, double> best = [];

        // In turns, so that other work on the machine meets all alike; the best of each counts.
        for (int round = 0; round < rounds; round++)
        {
            Measure(model, prompt, best, compare: round == 0);
        }

        Console.WriteLine($"{shape.Name}, {precision}, {(threads == 0 ? Environment.ProcessorCount : threads)} threads, {Known} tokens known and {More} more");
        foreach ((string what, double seconds) in best)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {seconds * 1000:f1} ms | {seconds / best["cold"]:p1} |"));
        }
    }

    private static void Measure(OnnxDecoderModel model, int[] prompt, Dictionary<string, double> best, bool compare)
    {
        using PrefixCache cache = new(1L << 32);
        using CachedSession first = new(model.CreateSession(), null, cache);
        Time("cold", () => Prompt(first, prompt));
        Time("keeping it for others", first.Keep);

        using CachedSession same = new(model.CreateSession());
        Prompt(same, prompt.AsSpan(0, Known));
        Time("in the session that has it", () => Prompt(same, prompt));

        // As after a restart, or after another conversation: the session is there, but empty.
        int[] other = [1, 2, 3];
        using CachedSession second = new(model.CreateSession(), null, cache);
        Prompt(second, other);
        int[] next = [.. prompt.AsSpan(0, Known), .. Enumerable.Range(1, More)];
        Time("in another session", () => Prompt(second, next));
        if (compare)
        {
            Compare(model, next);
        }

        Prompt(second, other);
        Time("in that session again, whose memory is there", () => Prompt(second, [.. prompt.AsSpan(0, Known), .. Enumerable.Range(100, More)]));

        void Time(string what, Action run)
        {
            Stopwatch watch = Stopwatch.StartNew();
            run();
            best[what] = Math.Min(best.GetValueOrDefault(what, double.MaxValue), watch.Elapsed.TotalSeconds);
        }
    }

    // Where a prompt is cut into pieces changes how sums are rounded, and nothing else does.
    private static void Compare(OnnxDecoderModel model, int[] prompt)
    {
        using PrefixCache cache = new(1L << 32);
        using CachedSession first = new(model.CreateSession(), null, cache);
        Prompt(first, prompt.AsSpan(0, Known));
        first.Keep();
        using CachedSession second = new(model.CreateSession(), null, cache);
        int kept = second.Begin(prompt);
        float[] reused = second.Append(prompt.AsSpan(kept), CancellationToken.None).ToArray();
        using IDecoderSession pieces = model.CreateSession();
        pieces.Append(prompt.AsSpan(0, Known));
        using IDecoderSession whole = model.CreateSession();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kept} tokens reused; logits differ by {Difference(reused, pieces.Append(prompt.AsSpan(Known))):e1} from those of the same pieces, by {Difference(reused, whole.Append(prompt)):e1} from those of one prompt; the largest is {TensorPrimitives.MaxMagnitude<float>(reused):f1}"));
    }

    private static float Difference(float[] first, ReadOnlySpan<float> second)
    {
        float[] difference = new float[first.Length];
        TensorPrimitives.Subtract(first, second, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
    }

    private static void Prompt(CachedSession session, ReadOnlySpan<int> prompt)
    {
        int kept = session.Begin(prompt);
        session.Append(prompt[kept..], CancellationToken.None);
    }
}
