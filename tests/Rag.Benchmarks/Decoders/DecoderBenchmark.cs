using System.Diagnostics;
using System.Globalization;
using Rag.Models;
using Rag.Models.Facts;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;

namespace Rag.Benchmarks.Decoders;

/// <summary>
/// What packed weights are worth: prompt and answer speed of a decoder of a known shape with random weights, in one process, and
/// how long a second start takes.
/// </summary>
internal static class DecoderBenchmark
{
    private const int PromptTokens = 512;
    private const int AnswerTokens = 32;
    private const int Rounds = 5;

    /// <summary>Runs it. Arguments: [FOLDER] [SHAPE] [THREADS]; the folder is written where it is not there.</summary>
    public static void Run(ReadOnlySpan<string> args)
    {
        string root = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "rag-benchmarks");
        string name = args.Length > 1 ? args[1] : DecoderShape.Known[0].Name;
        int threads = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 0;
        DecoderShape shape = DecoderShape.Known.Single(known => known.Name == name);
        string folder = Path.Combine(root, shape.Name);
        if (!File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            shape.Write(folder);
        }

        int[] prompt = [.. Enumerable.Range(0, PromptTokens).Select(i => (i * 7919) % shape.Vocabulary)];
        List<(WeightPrecision Precision, double Prefill, double Decode, OnnxDecoderModel Model)> rows = [];
        Console.WriteLine($"{shape.Name}, {(threads == 0 ? Environment.ProcessorCount : threads)} threads");
        foreach (WeightPrecision precision in (WeightPrecision[])[WeightPrecision.Single, WeightPrecision.Int8, WeightPrecision.Int4])
        {
            RuntimeOptions options = new() { Weights = precision, Threads = threads, CacheDirectory = root };
            Stopwatch first = Stopwatch.StartNew();
            OnnxDecoderModel.Load(ModelFolder.Open(folder), options).Dispose();
            double packed = first.Elapsed.TotalSeconds;
            Stopwatch again = Stopwatch.StartNew();
            OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder), options);
            double next = again.Elapsed.TotalSeconds;
            string file = precision == WeightPrecision.Single
                ? Path.Combine(folder, "model.safetensors")
                : Path.Combine(PackingFacts.Read(ModelFolder.Open(folder), precision, root).CacheFolder!, "model.safetensors");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{precision}: {new FileInfo(file).Length / 1e6:f0} MB, first start {packed:f2} s, next {next:f2} s, reading the file (from memory) {ReadingSeconds(file):f2} s"));
            rows.Add((precision, 0, 0, model));
        }

        // In turns, so that other work on the machine meets all alike; the best of each counts.
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                (double prefill, double decode) = Measure(rows[i].Model, prompt);
                rows[i] = rows[i] with { Prefill = Math.Max(rows[i].Prefill, prefill), Decode = Math.Max(rows[i].Decode, decode) };
            }
        }

        Console.WriteLine("| weights | prompt of 512, tokens/s | of f32 | answer at 64, tokens/s | of f32 |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        foreach ((WeightPrecision precision, double prefill, double decode, OnnxDecoderModel model) in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {precision} | {prefill:f0} | {prefill / rows[0].Prefill:f2} | {decode:f1} | {decode / rows[0].Decode:f2} |"));
            model.Dispose();
        }
    }

    private static double ReadingSeconds(string file)
    {
        Stopwatch watch = Stopwatch.StartNew();
        byte[] buffer = new byte[1 << 20];
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        while (stream.Read(buffer) > 0)
        {
        }

        return watch.Elapsed.TotalSeconds;
    }

    private static (double Prefill, double Decode) Measure(OnnxDecoderModel model, int[] prompt)
    {
        using IDecoderSession session = model.CreateSession();
        Stopwatch prefill = Stopwatch.StartNew();
        session.Append(prompt);
        double perSecond = prompt.Length / prefill.Elapsed.TotalSeconds;
        session.Rewind(64);
        Stopwatch decode = Stopwatch.StartNew();
        for (int token = 0; token < AnswerTokens; token++)
        {
            session.Append([token]);
        }

        return (perSecond, AnswerTokens / decode.Elapsed.TotalSeconds);
    }
}
