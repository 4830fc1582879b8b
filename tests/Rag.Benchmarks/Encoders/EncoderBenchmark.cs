using System.Globalization;
using System.IO.Compression;
using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Models.Packing;

namespace Rag.Benchmarks.Encoders;

/// <summary>How fast texts become vectors, beside npm @huggingface/transformers with the same weights, in turns over the same texts.</summary>
internal static class EncoderBenchmark
{
    /// <summary>Runs it. Arguments: MODEL CORPUS.jsonl.gz PEER_FOLDER [TEXTS] [TEXTS_PER_ROUND].</summary>
    public static async Task RunAsync(string[] args)
    {
        (string model, string corpus, string peer) = (args[0], args[1], args[2]);
        int count = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 2000;
        int round = args.Length > 4 ? int.Parse(args[4], CultureInfo.InvariantCulture) : 250;
        string[] texts = [.. Read(corpus).Take(count)];
        PeerModel.Write(model, Path.Combine(peer, "models", "bert"));
        IEncoderEngine[] engines =
        [
            await TransformersJsEngine.StartAsync(peer, "bert", "fp32"),
            await TransformersJsEngine.StartAsync(peer, "bert", "q8"),
            new RagEngine(model, WeightPrecision.Single),
            new RagEngine(model, WeightPrecision.Int8),
        ];
        EncoderTotal[] totals = [.. engines.Select(engine => new EncoderTotal(engine.Name))];
        foreach (IEncoderEngine engine in engines)
        {
            await engine.EmbedAsync([.. texts.Take(8)]);
        }

        foreach (string[] part in texts.Chunk(round))
        {
            EncoderRun[] runs = new EncoderRun[engines.Length];
            for (int i = 0; i < engines.Length; i++)
            {
                runs[i] = await engines[i].EmbedAsync(part);
                totals[i].Add(runs[i], [.. runs[i].Vectors.Select((vector, text) => TensorPrimitives.CosineSimilarity(vector, runs[0].Vectors[text]))]);
            }

            Console.Error.WriteLine(string.Join("  ", totals.Select(total => string.Create(CultureInfo.InvariantCulture, $"{total.Name} {total.PerSecond:f1}/s"))));
        }

        Console.WriteLine("| engine | texts/s | ratio | texts a processor second | ratio | cosine to the first, mean | least |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (EncoderTotal total in totals)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {total.Name} | {total.PerSecond:f1} | {total.PerSecond / totals[0].PerSecond:f2} | {total.PerProcessorSecond:f1} | {total.PerProcessorSecond / totals[0].PerProcessorSecond:f2} | {total.MeanCosine:f4} | {total.LeastCosine:f4} |"));
        }

        foreach (IEncoderEngine engine in engines)
        {
            await engine.DisposeAsync();
        }
    }

    // Title and abstract, as BEIR's collections have them.
    internal static IEnumerable<string> Read(string corpus)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(corpus), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return $"{document.RootElement.GetProperty("title").GetString()} {document.RootElement.GetProperty("text").GetString()}";
        }
    }
}
