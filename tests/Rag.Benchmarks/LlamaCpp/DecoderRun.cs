namespace Rag.Benchmarks.LlamaCpp;

/// <summary>What one question took, in seconds.</summary>
/// <param name="Prompt">From the tokens to the first that was chosen.</param>
/// <param name="Answer">From there to the last that was chosen.</param>
internal sealed record DecoderRun(double Prompt, double Answer);
