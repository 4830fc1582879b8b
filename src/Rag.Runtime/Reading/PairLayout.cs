namespace Rag.Runtime.Reading;

/// <summary>[CLS] question [SEP] passage [SEP], types 0 up to the first [SEP] and 1 after it (BERT, arXiv 1810.04805).</summary>
internal sealed class PairLayout(int classifier, int separator, int[] question)
{
    /// <summary>Tokens beside those of question and passage.</summary>
    public const int SpecialTokens = 3;

    /// <summary>Where the passage begins.</summary>
    public int PassageStart => question.Length + 2;

    /// <summary>Tokens of a pair with so many of a passage.</summary>
    public int Length(int passageTokens) => PassageStart + passageTokens + 1;

    /// <summary>Writes one pair.</summary>
    /// <param name="passage">The tokens of the passage, or of a window of it.</param>
    /// <param name="ids">Receives <see cref="Length"/> ids.</param>
    /// <param name="types">Receives their types.</param>
    public void Write(ReadOnlySpan<int> passage, Span<long> ids, Span<long> types)
    {
        ids[0] = classifier;
        for (int i = 0; i < question.Length; i++)
        {
            ids[1 + i] = question[i];
        }

        ids[PassageStart - 1] = separator;
        for (int i = 0; i < passage.Length; i++)
        {
            ids[PassageStart + i] = passage[i];
        }

        ids[PassageStart + passage.Length] = separator;
        types[..PassageStart].Clear();
        types.Slice(PassageStart, passage.Length + 1).Fill(1);
    }
}
