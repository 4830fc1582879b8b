using Rag.Models.Packing;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>Chooses kernels from what they take.</summary>
internal static class KernelProbe
{
    private const int PromptRows = 128;

    // What prompts must gain, and a single token may lose, for rows to be taken in place of blocks, which forgive outliers better.
    private const double LeastPromptGain = 1.3;
    // An answer is much shorter than its prompt.
    private const double MostTokenLoss = 1.5;

    // A second graph for single tokens must be worth its time to load.
    private const double LeastAttentionGain = 1.15;
    private static readonly int[] Lengths = [2048, 512];

    public static KernelChoice Run(KernelShape shape, IKernelTimer timer)
    {
        double prompt = Ratio(timer.Products(shape, PromptRows));
        double token = Ratio(timer.Products(shape, 1));
        int from = int.MaxValue;
        foreach (int length in Lengths)
        {
            if (Ratio(timer.Attention(shape, length)) < LeastAttentionGain)
            {
                break;
            }

            from = length;
        }

        bool rows = prompt >= LeastPromptGain && token * MostTokenLoss >= 1;
        return new KernelChoice(rows ? WeightPrecision.Int8Rows : WeightPrecision.Int8, from, prompt, token);
    }

    private static double Ratio((double First, double Second) seconds) => seconds.First / seconds.Second;
}
