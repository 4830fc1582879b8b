namespace Rag.Answering;

/// <summary>How sentences are chosen where no model writes the answer. Not to be changed while a generator uses it.</summary>
public sealed class ExtractiveAnswerOptions
{
    /// <summary>Sentences of an answer at most.</summary>
    /// <value>The default value is 3.</value>
    public int MaxSentences { get; set; } = 3;

    /// <summary>Passages whose sentences are looked at, best first.</summary>
    /// <value>The default value is 6.</value>
    public int MaxPassages { get; set; } = 6;

    /// <summary>Whether only entries of tables and lists are candidates, and no sentences.</summary>
    /// <value>The default value is false.</value>
    public bool EntriesOnly { get; set; }

    /// <summary>Sentences embedded per question at most, where there is an embedder.</summary>
    /// <value>The default value is 48.</value>
    public int MaxEmbeddedSentences { get; set; } = 48;

    /// <summary>A further sentence is taken where its score is at least this share of the best one's.</summary>
    /// <value>The default value is .8.</value>
    public double FurtherShare { get; set; } = .8;

    /// <summary>Longest quote in characters; a longer sentence is cut at a word.</summary>
    /// <value>The default value is 600.</value>
    public int MaxQuoteCharacters { get; set; } = 600;

    /// <summary>
    /// Refusal, without an embedder: the best passage must have at least this share of the question's weight in terms.
    /// </summary>
    /// <value>The default value is .35: on SQuAD about 6 % of answerable questions refused, and 6 of 10 whose article is missing.</value>
    public double MinCoverage { get; set; } = .35;

    /// <summary>
    /// Refusal, with an embedder: coverage and cosine similarity of the best passage together must reach this.
    /// </summary>
    /// <value>
    /// The default value is .75, chosen for all-MiniLM-L6-v2: on SQuAD 2 % of answerable questions refused, and 77 % of those whose
    /// article is missing among 47 others.
    /// </value>
    public double MinEvidence { get; set; } = .75;

    /// <summary>The cosine that the encoder gives to texts that have nothing to do with each other; similarity counts from there.</summary>
    /// <value>The default value is 0, which is near all-MiniLM-L6-v2's; see <see cref="Retrieval.SimilarityBaseline"/>.</value>
    public double UnrelatedSimilarity { get; set; }

    /// <summary>The sentence that says that the documents do not say.</summary>
    /// <value>The default value is <see cref="Refusal.DefaultSentence"/>.</value>
    public string RefusalSentence { get; set; } = Refusal.DefaultSentence;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSentences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPassages, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxEmbeddedSentences);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuoteCharacters, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(UnrelatedSimilarity, 1);
        if (!double.IsFinite(UnrelatedSimilarity))
        {
            throw new ArgumentOutOfRangeException(nameof(UnrelatedSimilarity), UnrelatedSimilarity, "The similarity must be finite.");
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(RefusalSentence);
    }
}
