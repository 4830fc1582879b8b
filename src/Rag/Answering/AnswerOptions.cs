namespace Rag.Answering;

/// <summary>How a question is answered. Not to be changed while a pipeline uses it.</summary>
public sealed class AnswerOptions
{
    /// <summary>Chunks to retrieve.</summary>
    /// <value>The default value is 10.</value>
    public int Top { get; set; } = 10;

    /// <summary>Chunks that a question may ask for at most.</summary>
    /// <value>The default value is 1,000.</value>
    public int MaxTop { get; set; } = 1000;

    /// <summary>Longest question in characters.</summary>
    /// <value>The default value is 32,768.</value>
    public int MaxQuestionCharacters { get; set; } = 32_768;

    /// <summary>Chunks given to the reranker, where there is one; never fewer than asked for.</summary>
    /// <value>The default value is 50.</value>
    public int RerankPool { get; set; } = 50;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Top, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTop, Top);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuestionCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RerankPool, 1);
    }
}
