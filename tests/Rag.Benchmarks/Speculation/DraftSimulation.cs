using System.Globalization;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Speculation;
using Rag.Tokenizers;

namespace Rag.Benchmarks.Speculation;

/// <summary>
/// What guessing is worth for answers that people wrote from passages, by the real code under a clock that charges each step what
/// steps of its width were measured to cost: exact numbers, whatever else the machine does.
/// </summary>
internal static class DraftSimulation
{
    // Of 135M parameters on two AVX2 threads, by the weights.
    private static readonly (string Name, double[] Costs)[] Machines =
    [
        ("f32", [1, 1.2, 1.23, 1.25, 1.38, 1.5, 1.63, 1.76]),
        ("int8", [1, 1.39, 1.64, 1.88, 2.17, 2.46, 2.75, 3.05]),
        ("int4", [1, 1.46, 1.71, 1.96, 2.27, 2.58, 2.89, 3.2]),
    ];

    /// <summary>Runs it. Arguments: ANSWERS.jsonl TOKENIZER [PASSAGES].</summary>
    public static void Run(ReadOnlySpan<string> args)
    {
        int passages = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 5;
        AnswerCase[] cases = AnswerCase.Read(args[0], Tokenizer.Load(args[1]), passages);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{cases.Length} answers of {cases.Average(one => one.Answer.Length):f0} tokens to prompts of {cases.Average(one => one.Prompt.Length):f0}"));
        Random random = new(3);
        AnswerCase[] shuffled = [.. cases.Select(one => one with { Answer = Shuffled(one.Answer, random) })];
        AnswerCase[] broken = [.. cases.Select(one => one with { Answer = Broken(one.Prompt, one.Answer.Length, random) })];
        Console.WriteLine("| guesses | weights | answers | tokens a step | accepted | times as fast | worst |");
        Console.WriteLine("|---|---|---|---:|---:|---:|---:|");
        foreach ((string machine, double[] costs) in Machines)
        {
            Row("1 to 4", machine, "people's", cases, new SpeculationOptions(), costs);
            Row("2 to 4", machine, "people's", cases, new SpeculationOptions { MinNgram = 2 }, costs);
            Row("1 to 4, at most 8", machine, "people's", cases, new SpeculationOptions { MaxDraftTokens = 8 }, costs);
            Row("with a cache", machine, "people's", cases, new SpeculationOptions { NgramCacheBytes = 4 << 20 }, costs);
            foreach (double right in (double[])[0, .3, .6, .9])
            {
                Row(string.Create(CultureInfo.InvariantCulture, $"right by {right}"), machine, "people's", cases, new SpeculationOptions(), costs, right);
            }

            Row("1 to 4", machine, "their words shuffled", shuffled, new SpeculationOptions(), costs);
            Row("1 to 4", machine, "pairs that go on otherwise", broken, new SpeculationOptions(), costs);
        }
    }

    private static int[] Shuffled(int[] answer, Random random)
    {
        int[] tokens = [.. answer];
        random.Shuffle(tokens);
        return tokens;
    }

    // Two tokens copied, then one that did not follow: what lookup falls for.
    private static int[] Broken(int[] prompt, int length, Random random)
    {
        List<int> tokens = [];
        while (tokens.Count < length)
        {
            int at = random.Next(prompt.Length - 2);
            tokens.AddRange(prompt.AsSpan(at, 2));
        }

        return [.. tokens];
    }

    private static void Row(string name, string machine, string answers, AnswerCase[] cases, SpeculationOptions options, double[] costs, double? right = null)
    {
        SimulatedSession session = new(costs);
        AnswerCase current = cases[0];
        using SpeculationShare share = right is { } chance
            ? new SpeculationShare(options, 256, session) { CreateDrafters = (_, _) => [new ChanceDrafter([.. current.Prompt, .. current.Answer], chance, session.VocabularySize)] }
            : new SpeculationShare(options, 256, session);
        double plain = 0;
        double guessed = 0;
        double worst = double.MaxValue;
        long tokens = 0;
        for (int i = 0; i < cases.Length; i++)
        {
            current = cases[i];
            (int[] prompt, int[] answer) = (current.Prompt, current.Answer);
            session.Rewind(0);
            CachedSession cached = new(session);
            double before;
            using (SpeculativeRun run = share.Begin(cached, prompt.Length, answer.Length + 1, new HashSet<int>(), null)!)
            {
                run.Append(prompt, CancellationToken.None);
                before = session.Seconds;
                foreach (int token in answer)
                {
                    run.Append([token], CancellationToken.None);
                }
            }

            double seconds = session.Seconds - before;
            double alone = answer.Length * session.Cost(1) / 1000;
            plain += alone;
            guessed += seconds;
            tokens += answer.Length;
            worst = answer.Length >= 32 ? Math.Min(worst, alone / seconds) : worst;
        }

        SpeculationUsage usage = share.Usage;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {machine} | {answers} | {tokens / (double)usage.Steps:f2} | {(usage.DraftedTokens == 0 ? 0 : usage.AcceptedTokens / (double)usage.DraftedTokens):f2} | {plain / guessed:f3} | {worst:f3} |"));
    }
}
