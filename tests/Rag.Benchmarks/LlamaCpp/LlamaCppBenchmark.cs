using System.Globalization;
using Rag.Benchmarks.LlamaCpp.GenAi;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;

namespace Rag.Benchmarks.LlamaCpp;

/// <summary>
/// The language model's speed beside llama.cpp's and onnxruntime-genai's: the same GGUF file with random weights in Q4_0, the same threads, in turns in one run.
/// </summary>
internal static class LlamaCppBenchmark
{
    private const int AnswerTokens = 16;
    private const int Known = 2000;
    private const int More = 40;
    private const int Long = 4096;
    private const int MostTokens = 4352;

    /// <summary>
    /// Runs it. Arguments: [FOLDER] [SHAPE] [THREADS] [ROUNDS] [FORM...]; files and the peer's packages go to the folder. A form is a
    /// precision, with "+kv8" behind it for keys and values in eight bits and "+spin" for threads that spin between operators, as the peer's do.
    /// With one thread processor time is taken in place of time, so that a machine with other work gives the same ratios.
    /// </summary>
    public static async Task RunAsync(string[] args)
    {
        string root = Path.GetFullPath(args.Length > 0 ? args[0] : Path.Combine(Path.GetTempPath(), "rag-benchmarks"));
        PeerShape shape = PeerShape.Known.Single(known => known.Name == (args.Length > 1 ? args[1] : PeerShape.Known[0].Name));
        int threads = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Math.Min(2, Environment.ProcessorCount);
        int rounds = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 5;
        string[] forms = args.Length > 4 ? args[4..] : ["Stored", "Auto", "Auto+spin", "Auto+kv8+spin"];
        string path = shape.File(root);

        // Of a run that was ended.
        DeletePrefixes(root);
        List<IDecoderEngine> engines = await PeersAsync(Path.Combine(root, "llama.cpp"), path, threads);
        if (await GenAiAsync(path, shape, root, threads) is { } genAi)
        {
            engines.Add(genAi);
        }

        foreach (string form in forms)
        {
            string[] parts = form.Split('+');
            RuntimeOptions options = new()
            {
                Device = "cpu",
                Weights = Enum.Parse<WeightPrecision>(parts[0]),
                KeyValues = parts.Contains("kv8") ? KeyValuePrecision.Int8 : KeyValuePrecision.Single,
                AllowSpinning = parts.Contains("spin"),
                Threads = threads,
                CacheDirectory = root,
                MaxPositions = MostTokens,
            };
            OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(path), options);
            Console.WriteLine($"{form}: {model.WeightsNotice} {model.KernelsNotice}");
            engines.Add(new RagDecoderEngine($"Rag, {form}", model));
        }

        DecoderTotal[] totals = [.. engines.Select(engine => new DecoderTotal(engine.Name))];
        for (int round = 0; round < rounds; round++)
        {
            await EachAsync(engines, totals, (engine, total) => PromptsAsync(engine, total, shape, root, threads == 1));
        }

        await EachAsync(engines, totals, async (engine, _) => await engine.RunAsync(Known, Tokens(shape, Long - Known), 0));
        for (int round = 0; round < rounds; round++)
        {
            await EachAsync(engines, totals, (engine, total) => AnswerAsync(engine, total, Long, threads == 1));
        }

        Console.WriteLine($"{shape.Name}, Q4_0, {threads} of {Environment.ProcessorCount} processors, {ProcessorName.Read()}, the best of {rounds} rounds in turns{(threads == 1 ? ", by processor time" : "")}");
        DecoderTotal.Print(totals, engines.OfType<LlamaCppEngine>().Count());
        foreach (IDecoderEngine engine in engines)
        {
            await engine.DisposeAsync();
        }

        DeletePrefixes(root);
    }

    private static void DeletePrefixes(string root) => Array.ForEach(Directory.GetFiles(root, "*.prefix"), File.Delete);

    private static async Task<List<IDecoderEngine>> PeersAsync(string folder, string model, int threads)
    {
        if (await LlamaCppPackage.InstallAsync(folder) is { } reason)
        {
            Console.WriteLine($"llama.cpp cannot be installed here, so that its rows are missing: {reason}");
            return [];
        }

        NodePeer peer = await NodePeer.StartAsync(
            folder, Path.Combine("LlamaCpp", "peer.mjs"), model, threads.ToString(CultureInfo.InvariantCulture), MostTokens.ToString(CultureInfo.InvariantCulture));
        return [new LlamaCppEngine(peer, flash: false), new LlamaCppEngine(peer, flash: true)];
    }

    private static async Task<GenAiEngine?> GenAiAsync(string model, PeerShape shape, string root, int threads)
    {
        string? missing = await GenAiPackage.LoadAsync(Path.Combine(root, "genai"));
        if (missing is null)
        {
            string folder = Path.Combine(root, "genai", shape.Name);
            GenAiModel.Write(model, shape, root, folder, MostTokens, threads);
            try
            {
                return new GenAiEngine(folder);
            }
            catch (InvalidOperationException e)
            {
                missing = e.Message;
            }
        }

        Console.WriteLine($"onnxruntime-genai cannot be had here, so that its row is missing: {missing}");
        return null;
    }

    private static async Task EachAsync(List<IDecoderEngine> engines, DecoderTotal[] totals, Func<IDecoderEngine, DecoderTotal, Task> run)
    {
        for (int i = 0; i < engines.Count; i++)
        {
            await run(engines[i], totals[i]);
            Console.Error.WriteLine(totals[i]);
        }
    }

    private static async Task PromptsAsync(IDecoderEngine engine, DecoderTotal total, PeerShape shape, string root, bool byProcessor)
    {
        total.Prompt(512, (await RunAsync(engine, 0, Tokens(shape, 512), 0, byProcessor)).Prompt);
        double cold = (await RunAsync(engine, 0, Tokens(shape, Known), 0, byProcessor)).Prompt;
        total.Prompt(Known, cold);
        total.FollowUp((await RunAsync(engine, Known, Tokens(shape, More), 0, byProcessor)).Prompt, cold);
        await AnswerAsync(engine, total, 1024, byProcessor);
        await AnswerAsync(engine, total, 64, byProcessor);
        await engine.RunAsync(64, Tokens(shape, Known - 64), 0);
        if (engine is RagDecoderEngine own)
        {
            total.Restart(own.Restart(Tokens(shape, Known), Tokens(shape, More), Path.Combine(root, $"{shape.Name} {engine.Name}.prefix"), byProcessor));
        }
    }

    private static async Task AnswerAsync(IDecoderEngine engine, DecoderTotal total, int kept, bool byProcessor) =>
        total.Answer(kept, AnswerTokens, (await RunAsync(engine, kept - 1, [1000], AnswerTokens, byProcessor)).Answer);

    private static async Task<DecoderRun> RunAsync(IDecoderEngine engine, int kept, int[] tokens, int answer, bool byProcessor)
    {
        DecoderRun run = await engine.RunAsync(kept, tokens, answer);
        return byProcessor ? run.ByProcessor() : run;
    }

    private static int[] Tokens(PeerShape shape, int count) => [.. Enumerable.Range(0, count).Select(i => 1000 + ((i * 7919) % (shape.Vocabulary - 1000)))];
}
