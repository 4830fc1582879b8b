namespace Rag.Benchmarks.Text;

/// <summary>What the peer measured: seconds to build, bytes in memory, milliseconds a question.</summary>
internal sealed record PeerTimes(double Build, double Bytes, double[] Times);
