using System.Diagnostics;
using System.Globalization;
using Rag.Tokenizers;

namespace Rag.Benchmarks.Tokenizers;

/// <summary>
/// How fast one thread turns text into ids with their offsets, beside the Rust library of the same tokenizer.json in turns: a
/// million characters of prose in paragraphs, the same as one text, and one word of a million letters.
/// </summary>
internal static class TokenizerBenchmark
{
    private const int Characters = 1_000_000;
    private const int Rounds = 5;

    /// <summary>Runs it. Arguments: TEXT_FILE PEER_FOLDER TOKENIZER.json...</summary>
    public static async Task RunAsync(string[] args)
    {
        string text = File.ReadAllText(args[0]);
        text = string.Concat(Enumerable.Repeat(text, (Characters / text.Length) + 1))[..Characters];
        (string Name, string[] Texts)[] inputs =
        [
            ("paragraphs", text.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            ("one text", [text]),
            ("one word", [new string('a', Characters)]),
        ];
        await using NodePeer peer = await NodePeer.StartAsync(args[1], Path.Combine("Tokenizers", "peer.mjs"));
        Console.WriteLine("| tokenizer | text | Rag, MB/s | Rust library, MB/s | ratio | same ids |");
        Console.WriteLine("|---|---|---:|---:|---:|---|");
        foreach (string file in args[2..])
        {
            Tokenizer tokenizer = Tokenizer.Load(file);
            foreach ((string name, string[] texts) in inputs)
            {
                double bytes = texts.Sum(System.Text.Encoding.UTF8.GetByteCount) / 1e6;
                (double seconds, int[][] ids) = Measure(tokenizer, texts);
                Peer other = await peer.AskAsync<Peer>(new { file = Path.GetFullPath(file), texts, rounds = Rounds });
                bool same = ids.Zip(other.Ids).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))} | {name} | {bytes / seconds:f1} | {bytes / other.Seconds:f1} | {other.Seconds / seconds:f1} | {(same ? "yes" : "no")} |"));
            }
        }
    }

    private static (double Seconds, int[][] Ids) Measure(Tokenizer tokenizer, string[] texts)
    {
        EncodeOptions options = new() { AddSpecialTokens = false };
        double best = double.MaxValue;
        int[][] ids = [];
        for (int round = 0; round < Rounds; round++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            Rag.Tokenizers.Encoding[] encodings = [.. texts.Select(text => tokenizer.Encode(text, options))];
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
            ids = [.. encodings.Select(encoding => encoding.Ids.ToArray())];
        }

        return (best, ids);
    }

    private sealed record Peer(double Seconds, int[][] Ids);
}
