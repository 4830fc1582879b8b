namespace Rag.Runtime.Sessions.Kernels;

/// <summary>Times kernels on this machine, two forms of the same in turns. Seconds, of which only ratios are used.</summary>
internal interface IKernelTimer
{
    /// <summary>Products of some rows with two of the shape's widest matrices in eight bits: rounded in blocks, and by rows.</summary>
    (double Blocks, double ByRows) Products(KernelShape shape, int rows);

    /// <summary>Attention of one token to a number of others: by GroupQueryAttention, and in plain products.</summary>
    (double Fused, double Plain) Attention(KernelShape shape, int length);
}
