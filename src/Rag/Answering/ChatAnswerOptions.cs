using Rag.Prompting;

namespace Rag.Answering;

/// <summary>How a chat model is asked. Not to be changed while a generator uses it.</summary>
public sealed class ChatAnswerOptions
{
    /// <summary>Budget and words of the prompt.</summary>
    /// <value>The defaults of <see cref="PromptOptions"/>.</value>
    public PromptOptions Prompt { get; set; } = new();

    /// <summary>Sampling temperature; 0 takes the likeliest token each time.</summary>
    /// <value>The default value is 0.</value>
    public float Temperature { get; set; }

    /// <summary>Seed for sampling, where the temperature is above 0; null for the client's own.</summary>
    /// <value>The default value is null.</value>
    public long? Seed { get; set; }

    /// <summary>Characters after which an answer is ended, whatever the model goes on to write.</summary>
    /// <value>The default value is 32,768.</value>
    public int MaxAnswerCharacters { get; set; } = 32_768;

    /// <summary>Longest quote of a citation, in characters; a longer sentence is cut at a word.</summary>
    /// <value>The default value is 600.</value>
    public int MaxQuoteCharacters { get; set; } = 600;

    /// <summary>
    /// Holds the model's quotes to the sources, where its client can be held to something: each quote is verbatim and becomes a citation, referred to or not.
    /// The instructions in <see cref="Prompt"/> should say so, as <see cref="PromptTexts.QuotingInstructions"/> do.
    /// </summary>
    /// <value>The default value is null: the model writes what it likes, and what of it stands in the sources is looked for afterwards.</value>
    public QuoteBinding? Quotes { get; set; }

    /// <summary>Time that the model may take for one answer.</summary>
    /// <value>The default value is 10 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(Temperature);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAnswerCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuoteCharacters, 16);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        Prompt.Validate();
    }
}
