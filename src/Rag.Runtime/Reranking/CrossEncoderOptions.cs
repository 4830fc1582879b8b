using Rag.Runtime.Heads;

namespace Rag.Runtime.Reranking;

/// <summary>How <see cref="CrossEncoder"/> loads and runs a model. <see cref="HeadModelOptions.MaxTokens"/> counts question, passage and all around them.</summary>
public sealed class CrossEncoderOptions : HeadModelOptions
{
    /// <summary>
    /// Whether a logit becomes a score between 0 and 1 (the logistic function). By default as the model's files say, which is yes
    /// where they say nothing. A reranker that answers yes or no always gives the probability of yes.
    /// </summary>
    public bool? Sigmoid { get; set; }

    /// <summary>What a reranker that answers yes or no is told to look for; others are not told. The default is that of Qwen3-Reranker's card.</summary>
    public string Instruction { get; set; } = "Given a web search query, retrieve relevant passages that answer the query";

    /// <summary>UTF-16 code units of a question after which it is cut, 2,000 by default.</summary>
    public int MaxQuestionCharacters { get; set; } = 2000;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ArgumentNullException.ThrowIfNull(Instruction);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuestionCharacters, 1);
    }
}
