using System.Globalization;
using Rag.Benchmarks.LlamaCpp;
using Rag.Runtime.Sessions.Kernels;

namespace Rag.Benchmarks.Kernels;

/// <summary>What the probe of kernels finds on this machine, how it varies, and what it takes.</summary>
internal static class KernelBenchmark
{
    /// <summary>Runs it. Arguments: [ROUNDS] [THREADS], 0 for threads left open.</summary>
    public static void Run(string[] args)
    {
        int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
        int threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 0;
        Console.WriteLine($"{Environment.ProcessorCount} processors, {ProcessorName.Read()}");
        PeerShape large = new("8B", "llama", 128256, 4096, 14336, 32, 32, 8, false);
        foreach (PeerShape peer in PeerShape.Known.Append(large))
        {
            foreach (ProductForm form in new[] { ProductForm.EightBitBlocks, ProductForm.FourBitBlocks })
            {
                KernelShape shape = new(Math.Min(peer.Hidden / 128 * 128, KernelShape.MostHidden), Math.Min(peer.Intermediate / 128 * 128, KernelShape.MostInner), peer.Heads, peer.KeyValueHeads, peer.HeadSize, threads, form);
                for (int round = 0; round < rounds; round++)
                {
                    long began = TimeProvider.System.GetTimestamp();
                    KernelChoice choice = new KernelProbe(new OnnxKernelTimer(TimeProvider.System, TimeSpan.FromSeconds(3)), Environment.ProcessorCount).Run(shape, CancellationToken.None);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{peer.Name}, {form}: {TimeProvider.System.GetElapsedTime(began).TotalSeconds:f1} s. {choice.Notice ?? "Too little time."}"));
                }
            }
        }
    }
}
