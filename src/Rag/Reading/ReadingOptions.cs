namespace Rag.Reading;

/// <summary>How passages are read and what a reading is worth beside what retrieval said. Not to be changed while in use.</summary>
public sealed class ReadingOptions
{
    /// <summary>Passages read for a question at most, best first.</summary>
    /// <value>The default value is 8.</value>
    public int MaxPassages { get; set; } = 8;

    /// <summary>
    /// What retrieval's score counts, in units of the reader's margin: how sure the reader must be of a passage that retrieval
    /// thinks worthless to prefer it to one that retrieval thinks best.
    /// </summary>
    /// <value>The default value is 12: best of 0 to 40 for F1 on held-out SQuAD training paragraphs, and within .01 of the best for ranking.</value>
    public double RetrievalWeight { get; set; } = 12;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPassages, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(RetrievalWeight);
        if (!double.IsFinite(RetrievalWeight))
        {
            throw new ArgumentOutOfRangeException(nameof(RetrievalWeight), RetrievalWeight, "The weight must be finite.");
        }
    }
}
