using Rag.Models.Packing;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>Chooses kernels from what they take. What is not clearly faster than the default, or was not timed, leaves the default.</summary>
/// <param name="timer">Times them.</param>
/// <param name="processors">Processors that this process may use.</param>
internal sealed class KernelProbe(IKernelTimer timer, int processors)
{
    /// <summary>Tokens of a piece of a prompt where nothing was timed.</summary>
    public const int DefaultChunk = 256;

    private const int PromptRows = 128;

    // What a typical request must gain in its products for rows to be taken in place of blocks: attention and all else between them take
    // as long in both, and dilute it.
    private const double LeastRequestGain = 1.2;

    // A second graph for single tokens must be worth its time to load.
    private const double LeastAttentionGain = 1.15;

    // One thing timed twice in turns under other load differs by some per cent.
    private const double LeastThreadsGain = 1.1;
    private const double LeastChunkGain = 1.1;

    // Attention of one token is timed over more than the second level of caches holds, so that keys and values come from where they do in a whole network.
    private const long CacheBytes = 24 << 20;
    private const int MostLayers = 32;
    private static readonly int[] Lengths = [2048, 512];
    private static readonly int[] Chunks = [DefaultChunk, 128, 512, 1024];

    /// <param name="open">The sizes; without threads where these are to be found as well.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public KernelChoice Run(KernelShape open, CancellationToken cancellationToken)
    {
        KernelShape shape = open.Threads > 0 ? open : open with { Threads = Threads(open, cancellationToken) };
        KernelChoice choice = Products(shape, cancellationToken) with { Threads = shape.Threads, OneTokenFrom = OneTokenFrom(shape, cancellationToken) };
        return choice with { PrefillChunk = Chunk(shape, choice.Weights == WeightPrecision.Int8Rows ? ProductForm.EightBitRows : shape.Blocks, cancellationToken) };
    }

    // Two threads of a core share its units for products, a core of another kind may hold the others up, and in a container some processors are lent.
    private int Threads(KernelShape shape, CancellationToken cancellationToken)
    {
        int[] candidates = [.. new[] { processors, processors / 2, processors / 4, 1 }.Where(count => count > 0).Distinct()];
        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        IReadOnlyList<KernelTime>? Time(int rows) => timer.InTurns([.. candidates.Select(count => new ProductWork(shape with { Threads = count }, rows, shape.Blocks))], cancellationToken);
        return Time(PromptRows) is { } prompts && Time(1) is { } tokens
            ? candidates[Best([.. prompts.Zip(tokens, (prompt, token) => TypicalRequest.Time(prompt, PromptRows, token))], LeastThreadsGain)]
            : candidates[0];
    }

    private KernelChoice Products(KernelShape shape, CancellationToken cancellationToken)
    {
        IReadOnlyList<KernelTime>? Time(int rows) => timer.InTurns([new ProductWork(shape, rows, shape.Blocks), new ProductWork(shape, rows, ProductForm.EightBitRows)], cancellationToken);
        if (Time(PromptRows) is not [var promptBlocks, var promptRows] || Time(1) is not [var tokenBlocks, var tokenRows])
        {
            return KernelChoice.Untimed;
        }

        double request = TypicalRequest.Time(promptBlocks, PromptRows, tokenBlocks).GainOf(TypicalRequest.Time(promptRows, PromptRows, tokenRows));
        return KernelChoice.Untimed with
        {
            Weights = request >= LeastRequestGain ? WeightPrecision.Int8Rows : WeightPrecision.Int8,
            PromptRatio = promptBlocks.GainOf(promptRows),
            TokenRatio = tokenBlocks.GainOf(tokenRows),
            RequestRatio = request,
        };
    }

    private int OneTokenFrom(KernelShape shape, CancellationToken cancellationToken)
    {
        int from = int.MaxValue;
        foreach (int length in Lengths)
        {
            int layers = (int)Math.Clamp(CacheBytes / (8L * shape.KeyHeads * length * shape.HeadSize), 1, MostLayers);
            if (timer.InTurns([new AttentionWork(shape, 1, length, Plain: false, layers), new AttentionWork(shape, 1, length, Plain: true, layers)], cancellationToken) is not [var fused, var plain] ||
                fused.GainOf(plain) < LeastAttentionGain)
            {
                break;
            }

            from = length;
        }

        return from;
    }

    // What one layer takes for a prompt of a typical request, cut into pieces; a piece attends to all before it, on average to half of the prompt and its own half.
    private int Chunk(KernelShape shape, ProductForm form, CancellationToken cancellationToken)
    {
        const int prompt = 2048;
        KernelWork[] works = [.. Chunks.Select(rows => new ProductWork(shape, rows, form)), .. Chunks.Select(rows => new AttentionWork(shape, rows, (prompt + rows) / 2, Plain: false, 1))];
        if (timer.InTurns(works, cancellationToken) is not { } times)
        {
            return DefaultChunk;
        }

        KernelTime[] prompts = [.. Chunks.Select((rows, i) => (double)(prompt / rows) * ((shape.LayerProducts * times[i]) + times[Chunks.Length + i]))];
        return Chunks[Best(prompts, LeastChunkGain)];
    }

    // The first is the default, which stays where other work is in the way: that may have an end, and what is found here is kept.
    private static int Best(KernelTime[] times, double leastGain)
    {
        double[] gains = [.. times.Select(times[0].GainOf)];
        int best = Array.IndexOf(gains, gains.Max());
        return gains[best] >= leastGain && times[0].IsSteady ? best : 0;
    }
}
