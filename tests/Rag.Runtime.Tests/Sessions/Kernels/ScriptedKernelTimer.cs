using Rag.Runtime.Sessions.Kernels;

namespace Rag.Runtime.Tests.Sessions.Kernels;

/// <summary>Times as a test says.</summary>
internal sealed class ScriptedKernelTimer(double promptGain, double tokenGain, Func<int, double> attentionGain) : IKernelTimer
{
    public int Calls { get; private set; }

    public (double Blocks, double ByRows) Products(KernelShape shape, int rows)
    {
        Calls++;
        return (rows == 1 ? tokenGain : promptGain, 1);
    }

    public (double Fused, double Plain) Attention(KernelShape shape, int length)
    {
        Calls++;
        return (attentionGain(length), 1);
    }
}
