using Rag.Models.Networks;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>The sizes of a decoder that decide which kernels are fast.</summary>
/// <param name="Hidden">Numbers of a token's state.</param>
/// <param name="Inner">Outputs of the widest layer within a block.</param>
/// <param name="Heads">Heads of the queries.</param>
/// <param name="KeyHeads">Heads of keys and values.</param>
/// <param name="HeadSize">Numbers of a head.</param>
/// <param name="Threads">Threads of one step; 0 where they are to be found as well.</param>
/// <param name="Blocks">How matrices are held unless by rows: in eight bits, or in the four of the checkpoint.</param>
/// <param name="Spins">Whether idle threads spin.</param>
internal sealed record KernelShape(int Hidden, int Inner, int Heads, int KeyHeads, int HeadSize, int Threads, ProductForm Blocks = ProductForm.EightBitBlocks, bool Spins = false)
{
    // Below it a step takes less than a millisecond in any form.
    private const long LeastWeights = 16_000_000;

    /// <summary>Outputs that are timed at most, so that a matrix of the largest models does not take the probe's time.</summary>
    public const int MostInner = 4096;

    /// <summary>Numbers of a state that are timed at most.</summary>
    public const int MostHidden = 2048;


    /// <summary>How many times a layer's products take what those with two of the widest matrices do.</summary>
    public double LayerProducts => ((3.0 * Inner) + (2.0 * (Heads + KeyHeads) * HeadSize)) / (2.0 * Inner);

    /// <summary>The sizes of a network; null where it is too small for kernels to matter, or its layers are of another kind.</summary>
    /// <param name="network">The network.</param>
    /// <param name="threads">Threads of one step; 0 where they are to be found as well.</param>
    /// <param name="anySize">Whether small ones have them as well.</param>
    public static KernelShape? Of(NetworkDescription network, int threads, bool anySize = false)
    {
        if (network.Layers is not [{ Mixer: AttentionDescription attention, Mlp: MlpDescription mlp }, ..])
        {
            return null;
        }

        long inner = mlp.Up.Weight.Shape.Max();
        long weights = network.Layers.Count * 3 * inner * network.HiddenSize;
        return anySize || weights >= LeastWeights
            ? new KernelShape(
                Whole(Math.Min(network.HiddenSize, MostHidden)), Whole((int)Math.Min(inner, MostInner)), attention.Heads, attention.KeyValueHeads, attention.HeadSize, threads)
            : null;
    }

    // Blocks of both forms divide it.
    private static int Whole(int size) => Math.Max(size / 128, 1) * 128;
}
