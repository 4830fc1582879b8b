using System.Runtime.Intrinsics.X86;
using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>What the processor's instructions for products of integers allow.</summary>
internal static class IntegerKernels
{
    private const int Whole = 127;
    private const int Halved = 63;

    /// <summary>How an encoder rounds on this processor.</summary>
    /// <remarks>
    /// x64 without VNNI multiplies unsigned by signed bytes and adds two products in 16 bits with saturation (VPMADDUBSW), so that
    /// matrices keep seven bits there, as the "reduce range" of ONNX Runtime's quantiser does. Bits: CPUID leaves 7.0 and 7.1.
    /// </remarks>
    public static RoundingDescription Rounding { get; } = new(!X86Base.IsSupported || HasVnni() ? Whole : Halved);

    private static bool HasVnni()
    {
        const int Avx512Vnni = 1 << 11, AvxVnni = 1 << 4;
        if (X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        (int highest, _, int features, _) = X86Base.CpuId(7, 0);
        return (features & Avx512Vnni) != 0 || (highest >= 1 && (X86Base.CpuId(7, 1).Eax & AvxVnni) != 0);
    }
}
