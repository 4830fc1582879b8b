using Rag.Answering;

namespace Rag.Prompting;

/// <summary>What a prompt may cost and what it says. Not to be changed while a composer uses it.</summary>
public sealed class PromptOptions
{
    /// <summary>Tokens of prompt and answer together at most; the model's own window where that is smaller.</summary>
    /// <value>The default value is 8,192.</value>
    public int MaxContextTokens { get; set; } = 8192;

    /// <summary>Tokens left free for the answer; a quarter of the window at most.</summary>
    /// <value>The default value is 512.</value>
    public int AnswerTokens { get; set; } = 512;

    /// <summary>Tokens that a chat template may put around each message.</summary>
    /// <value>The default value is 8.</value>
    public int MessageTokens { get; set; } = 8;

    /// <summary>Share of what is left beside instructions and question that earlier turns may take; the sources get the rest.</summary>
    /// <value>The default value is .25.</value>
    public double HistoryShare { get; set; } = .25;

    /// <summary>The sentence with which the model refuses.</summary>
    /// <value>The default value is <see cref="Refusal.DefaultSentence"/>.</value>
    public string RefusalSentence { get; set; } = Refusal.DefaultSentence;

    /// <summary>The instructions; "{refusal}" in it stands for <see cref="RefusalSentence"/>.</summary>
    /// <value>The default value is <see cref="PromptTexts.Instructions"/>.</value>
    public string Instructions { get; set; } = PromptTexts.Instructions;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxContextTokens, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(AnswerTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MessageTokens);
        ArgumentException.ThrowIfNullOrWhiteSpace(RefusalSentence);
        ArgumentNullException.ThrowIfNull(Instructions);
        if (!(HistoryShare is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(HistoryShare), HistoryShare, "A share is between 0 and 1.");
        }
    }
}
