namespace Rag.Benchmarks.Text;

/// <summary>What the peer measured: seconds to build, bytes in memory, milliseconds a question, processor milliseconds on average.</summary>
internal sealed record PeerTimes(double Build, double Bytes, double[] Times, double Processor);
