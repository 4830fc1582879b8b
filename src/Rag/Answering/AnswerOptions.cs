namespace Rag.Answering;

/// <summary>How a question is answered.</summary>
public sealed class AnswerOptions
{
    /// <summary>Chunks to retrieve.</summary>
    /// <value>The default value is 10.</value>
    public int Top { get; set; } = 10;
}
