namespace Rag.Benchmarks.Encoders;

/// <summary>What an engine took for some texts.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="Processor">Of all its threads.</param>
/// <param name="Vectors">Of the texts, in their order.</param>
internal sealed record EncoderRun(double Seconds, double Processor, float[][] Vectors);
