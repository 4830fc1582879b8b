using System.Runtime.InteropServices;

namespace Rag.Benchmarks;

/// <summary>What the processor is called, which every ratio belongs to.</summary>
internal static class ProcessorName
{
    public static string Read()
    {
        const string Cores = "/proc/cpuinfo";
        string? name = File.Exists(Cores) ? File.ReadLines(Cores).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        string vector = System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? ", AVX-512" : System.Runtime.Intrinsics.X86.Avx2.IsSupported ? ", AVX2" : "";
        return (name?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()) + vector;
    }
}
