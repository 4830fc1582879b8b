using Rag.Reading;
using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>How a <see cref="ReadingAnswerGenerator"/> reads, and when it refuses. Not to be changed while a generator uses it.</summary>
public sealed class ReadingAnswerOptions
{
    /// <summary>How passages are read.</summary>
    public ReadingOptions Reading { get; set; } = new();

    /// <summary>
    /// Refusal, where the passage has a cosine similarity to the question: the reader's margin and
    /// <see cref="SimilarityWeight"/> times that similarity, 0 for <see cref="UnrelatedSimilarity"/> and 1 for the same text,
    /// must reach this together.
    /// </summary>
    public double MinConfidence { get; set; } = 3.6;

    /// <summary>
    /// How far above its threshold the reader must be to be preferred to an entry of a table or list that has
    /// <see cref="MinEntryCoverage"/> of the question: it reads sentences only, and finds something in them.
    /// </summary>
    /// <value>The default value is 6.</value>
    public double EntryAdvantage { get; set; } = 6;

    /// <summary>Share of the question's weight in terms that an entry, with its headings, must have to stand against the reader.</summary>
    /// <value>The default value is .6.</value>
    public double MinEntryCoverage { get; set; } = .6;

    /// <summary>What similarity counts, in units of the reader's margin.</summary>
    /// <value>The default value is 12.</value>
    public double SimilarityWeight { get; set; } = 12;

    /// <summary>The cosine that the encoder gives to texts that have nothing to do with each other, as <see cref="SimilarityBaseline"/> finds it.</summary>
    /// <value>The default value is 0.</value>
    public double UnrelatedSimilarity { get; set; }

    /// <summary>Refusal, where words alone were searched: the reader's margin must reach this.</summary>
    public double MinMargin { get; set; } = -1.5;

    /// <summary>
    /// A second sentence is quoted where its words score within so much of the best, in units of the reader's margin; 0 for never.
    /// </summary>
    /// <value>
    /// The default value is 2: on held-out SQuAD training paragraphs 1.2 quotes an answer hold the accepted one for 4 questions in a
    /// hundred more than a single quote does.
    /// </value>
    public double FurtherWithin { get; set; } = 2;

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
        ArgumentOutOfRangeException.ThrowIfNegative(EntryAdvantage);
        ArgumentOutOfRangeException.ThrowIfNegative(FurtherWithin);
        ArgumentOutOfRangeException.ThrowIfNegative(MinEntryCoverage);
        ArgumentOutOfRangeException.ThrowIfNegative(SimilarityWeight);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(UnrelatedSimilarity, 1);
        if (!double.IsFinite(MinConfidence + MinMargin + SimilarityWeight + UnrelatedSimilarity))
        {
            throw new ArgumentOutOfRangeException(nameof(MinConfidence), MinConfidence, "The thresholds must be finite.");
        }
    }
}
