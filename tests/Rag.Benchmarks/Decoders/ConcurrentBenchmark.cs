using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Speculation;

namespace Rag.Benchmarks.Decoders;

/// <summary>
/// Several requests at once beside one after the other, as callers of the chat client see it: prompts, steps, sampling and text. A decoder of a
/// known shape with random weights; every answer is of the same length, and greedy but for a temperature, every prompt another.
/// </summary>
internal static class ConcurrentBenchmark
{
    private const string Template = "{% for message in messages %}{{ message['content'] }} {% endfor %}";

    /// <summary>Runs it. Arguments: [FOLDER] [SHAPE] [THREADS] [PROMPT] [ANSWER] [ROUNDS] [TEMPERATURE in tenths]; the folder is written where it is not there.</summary>
    public static async Task RunAsync(string[] args)
    {
        string root = args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "rag-benchmarks");
        string name = args.Length > 1 ? args[1] : DecoderShape.Known[0].Name;
        int[] numbers = [.. args.Skip(2).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        (int threads, int prompt, int answer, int rounds) = (Number(numbers, 0, 0), Number(numbers, 1, 64), Number(numbers, 2, 64), Number(numbers, 3, 2));
        float temperature = Number(numbers, 4, 0) / 10f;
        DecoderShape shape = DecoderShape.Known.Single(known => known.Name == name);
        string folder = shape.Ensure(root);
        await WriteTokenizerAsync(folder, shape.Vocabulary).ConfigureAwait(false);
        Console.WriteLine($"{shape.Name}, {(threads == 0 ? Environment.ProcessorCount : threads)} threads, prompts of {prompt} tokens, answers of {answer}");
        Console.WriteLine("| weights | requests at once | answers' tokens/s | of one | tokens a step |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        foreach (WeightPrecision precision in (WeightPrecision[])[WeightPrecision.Single, WeightPrecision.Int8, WeightPrecision.Int4])
        {
            // Random weights repeat themselves, which is guessed: one request alone would be measured with guesses, several without.
            LocalModelOptions options = new() { ReusePrefix = false, MaxConcurrentRequests = 16, Speculation = { Mode = SpeculationMode.None } };
            (options.Runtime.Weights, options.Runtime.Threads, options.Runtime.CacheDirectory) = (precision, threads, root);
            using LocalChatClient client = LocalChatClient.Load(ModelFolder.Open(folder), options);
            int[] counts = [1, 2, 4, 8, 16];
            double[] best = new double[counts.Length];
            double[] shared = new double[counts.Length];

            // In turns, so that other work on the machine meets all alike; the best of each counts.
            for (int round = 0; round <= rounds; round++)
            {
                for (int i = 0; i < counts.Length; i++)
                {
                    LocalModelUsage before = client.GetRequiredService<LocalModelUsage>();
                    Stopwatch watch = Stopwatch.StartNew();
                    await Task.WhenAll(Enumerable.Range(0, counts[i]).Select(request => AskAsync(client, request, prompt, answer, shape.Vocabulary, temperature))).ConfigureAwait(false);
                    double seconds = watch.Elapsed.TotalSeconds;
                    LocalModelUsage after = client.GetRequiredService<LocalModelUsage>();

                    // The first round warms up.
                    best[i] = Math.Max(best[i], round == 0 ? 0 : counts[i] * answer / seconds);
                    shared[i] = (double)(after.DecodedTokens - before.DecodedTokens) / (after.DecodeSteps - before.DecodeSteps);
                }
            }

            for (int i = 0; i < counts.Length; i++)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {precision} | {counts[i]} | {best[i]:f1} | {best[i] / best[0]:f2} | {shared[i]:f2} |"));
            }
        }
    }

    private static async Task AskAsync(LocalChatClient client, int request, int prompt, int answer, int vocabulary, float temperature)
    {
        string text = string.Join(' ', Enumerable.Range(0, prompt - 1).Select(i => Word(((i * 7919) + (request * 104729)) % vocabulary)));
        ChatOptions options = new() { MaxOutputTokens = answer, Temperature = temperature, TopP = temperature > 0 ? .95f : null, Seed = request };
        ChatResponse response = await client.GetResponseAsync(text, options).ConfigureAwait(false);
        if (response.Usage?.OutputTokenCount != answer)
        {
            throw new InvalidOperationException($"An answer has {response.Usage?.OutputTokenCount} tokens in place of {answer}.");
        }
    }

    // A word for every token, so that any can be read and written.
    private static async Task WriteTokenizerAsync(string folder, int vocabulary)
    {
        Dictionary<string, int> words = Enumerable.Range(0, vocabulary).ToDictionary(Word);
        await File.WriteAllTextAsync(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = Array.Empty<object>(),
            pre_tokenizer = new { type = "WhitespaceSplit" },
            model = new { type = "WordLevel", vocab = words, unk_token = Word(0) },
        })).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(new { chat_template = Template })).ConfigureAwait(false);
    }

    private static string Word(int token) => string.Create(CultureInfo.InvariantCulture, $"w{token}");

    private static int Number(int[] numbers, int index, int otherwise) => numbers.Length > index ? numbers[index] : otherwise;
}
