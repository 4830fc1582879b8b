using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;

namespace Rag.Benchmarks.Decoders;

/// <summary>What a decoding step of several sequences costs beside that of one: the kernels alone, a decoder of a known shape with random weights.</summary>
internal static class SharedStepBenchmark
{
    private const int Steps = 24;

    /// <summary>Runs it. Arguments: [FOLDER] [SHAPE] [THREADS] [LENGTH] [ROUNDS]; the folder is written where it is not there.</summary>
    public static void Run(ReadOnlySpan<string> args)
    {
        string root = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "rag-benchmarks");
        string name = Argument(args, 1) ?? DecoderShape.Known[0].Name;
        DecoderShape shape = DecoderShape.Known.Single(known => known.Name == name);
        int threads = Number(args, 2, 0);
        int length = Number(args, 3, 64);
        int rounds = Number(args, 4, 3);
        string folder = shape.Ensure(root);
        Console.WriteLine($"{shape.Name}, {(threads == 0 ? Environment.ProcessorCount : threads)} threads, sequences of {length} tokens and more");
        Console.WriteLine("| weights | sequences | tokens/s | of one | joining | logits differ by (largest) |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (WeightPrecision precision in (WeightPrecision[])[WeightPrecision.Single, WeightPrecision.Int8, WeightPrecision.Int4])
        {
            using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder), new RuntimeOptions { Weights = precision, Threads = threads, CacheDirectory = root });
            int[] counts = [1, 2, 4, 8, 16];
            double[] best = new double[counts.Length];
            double[] joining = new double[counts.Length];
            Array.Fill(joining, double.MaxValue);
            float[] difference = new float[counts.Length];
            IBatchSession[] sessions = [.. Enumerable.Range(0, counts[^1]).Select(i => Begin(model, length + (i % 4)))];
            float[] expected = Alone(sessions[1], 0, rewind: true);
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < counts.Length; i++)
                {
                    (double rate, double join, float[] logits) = Measure(sessions.AsSpan(0, counts[i]), length);
                    best[i] = Math.Max(best[i], rate);
                    joining[i] = Math.Min(joining[i], join);
                    if (counts[i] > 1)
                    {
                        float[] differences = new float[expected.Length];
                        TensorPrimitives.Subtract(expected, logits, differences);
                        difference[i] = Math.Max(difference[i], Math.Abs(TensorPrimitives.MaxMagnitude<float>(differences)));
                    }
                }
            }

            for (int i = 0; i < counts.Length; i++)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {precision} | {counts[i]} | {best[i]:f1} | {best[i] / best[0]:f2} | {joining[i] * 1000:f1} ms | {difference[i]:e1} ({TensorPrimitives.MaxMagnitude<float>(expected):f1}) |"));
            }

            foreach (IBatchSession session in sessions)
            {
                session.Dispose();
            }
        }
    }

    private static (double Rate, double Join, float[] Logits) Measure(ReadOnlySpan<IBatchSession> sessions, int length)
    {
        Stopwatch watch = Stopwatch.StartNew();
        if (sessions.Length == 1)
        {
            for (int step = 0; step < Steps; step++)
            {
                Alone(sessions[0], step, rewind: false);
            }

            double seconds = watch.Elapsed.TotalSeconds;
            sessions[0].Rewind(length);
            return (Steps / seconds, 0, []);
        }

        using IDecoderBatch batch = sessions[0].CreateBatch(new CacheBudget(long.MaxValue));
        foreach (IBatchSession session in sessions)
        {
            batch.TryJoin(session, sessions.Length);
        }

        double join = watch.Elapsed.TotalSeconds;
        float[] logits = [];
        watch.Restart();
        for (int step = 0; step < Steps; step++)
        {
            foreach (IBatchSession session in sessions)
            {
                batch.Place(session, step);
            }

            batch.Run();
            logits = step == 0 ? batch.Logits(sessions[1]).ToArray() : logits;
        }

        double shared = watch.Elapsed.TotalSeconds;
        foreach (IBatchSession session in sessions)
        {
            session.Rewind(session.Length - Steps);
        }

        return (Steps * sessions.Length / shared, join, logits);
    }

    private static float[] Alone(IBatchSession session, int token, bool rewind)
    {
        ReadOnlySpan<float> logits = session.Append([token]);
        if (!rewind)
        {
            return [];
        }

        float[] copy = logits.ToArray();
        session.Rewind(session.Length - 1);
        return copy;
    }

    private static IBatchSession Begin(OnnxDecoderModel model, int length)
    {
        IBatchSession session = (IBatchSession)model.CreateSession();
        session.Append([.. Enumerable.Range(0, length).Select(i => (i * 7919) % model.VocabularySize)]);
        return session;
    }

    private static string? Argument(ReadOnlySpan<string> args, int index) => args.Length > index ? args[index] : null;

    private static int Number(ReadOnlySpan<string> args, int index, int otherwise) =>
        Argument(args, index) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
