namespace Rag.Benchmarks.LlamaCpp;

/// <summary>What one question took, in seconds, and in seconds of processors.</summary>
/// <param name="Prompt">From the tokens to the first that was chosen.</param>
/// <param name="Answer">From there to the last that was chosen.</param>
/// <param name="PromptProcessor">What processors did meanwhile.</param>
/// <param name="AnswerProcessor">The same of the answer.</param>
internal sealed record DecoderRun(double Prompt, double Answer, double PromptProcessor, double AnswerProcessor)
{
    /// <summary>The same by processor time: with one thread that does not wait, what other work on the machine changes little.</summary>
    public DecoderRun ByProcessor() => this with { Prompt = PromptProcessor, Answer = AnswerProcessor };
}
