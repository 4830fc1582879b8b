namespace Rag.Tokenizers.PreTokenization;

/// <summary>Pre-tokenizers one after another, each splitting the pieces of the one before.</summary>
internal sealed class SequencePreTokenizer(IPreTokenizer[] preTokenizers) : IPreTokenizer
{
    public bool NeedsAlignment { get; } = preTokenizers.Any(preTokenizer => preTokenizer.NeedsAlignment);

    public void PreTokenize(PreTokenizedText text)
    {
        foreach (IPreTokenizer preTokenizer in preTokenizers)
        {
            preTokenizer.PreTokenize(text);
        }
    }
}
