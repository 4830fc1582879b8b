namespace Rag.Benchmarks.Vectors;

/// <summary>What an engine took for some questions.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="Ids">The best rows of each question.</param>
internal sealed record VectorRun(double Seconds, int[][] Ids);

/// <summary>What an engine took to take all vectors.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="Bytes">By which its process grew.</param>
internal sealed record VectorBuild(double Seconds, double Bytes);
