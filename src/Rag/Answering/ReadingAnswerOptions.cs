using Rag.Reading;

namespace Rag.Answering;

/// <summary>How a <see cref="ReadingAnswerGenerator"/> reads, and when it refuses. Not to be changed while a generator uses it.</summary>
public sealed class ReadingAnswerOptions
{
    /// <summary>How passages are read.</summary>
    public ReadingOptions Reading { get; set; } = new();

    /// <summary>Refusal: the best passage's margin and its share of retrieval's weight together must reach this.</summary>
    public double MinConfidence { get; set; } = 10;

    /// <summary>Longest quote in characters; a longer sentence is cut at a word behind the answer.</summary>
    /// <value>The default value is 600.</value>
    public int MaxQuoteCharacters { get; set; } = 600;

    /// <summary>The sentence that says that the documents do not say.</summary>
    /// <value>The default value is <see cref="Refusal.DefaultSentence"/>.</value>
    public string RefusalSentence { get; set; } = Refusal.DefaultSentence;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Reading);
        Reading.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuoteCharacters, 16);
        ArgumentException.ThrowIfNullOrWhiteSpace(RefusalSentence);
        if (!double.IsFinite(MinConfidence))
        {
            throw new ArgumentOutOfRangeException(nameof(MinConfidence), MinConfidence, "The threshold must be finite.");
        }
    }
}
