namespace Rag.Tokenizers.PreTokenization;

/// <summary>Splits normalized text into the pieces that the model sees one by one. Immutable.</summary>
internal interface IPreTokenizer
{
    /// <summary>Whether it asks where pieces lay in the original text, so that alignments are needed even for ids alone.</summary>
    bool NeedsAlignment => false;

    void PreTokenize(PreTokenizedText text);
}
