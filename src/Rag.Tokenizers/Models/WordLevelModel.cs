namespace Rag.Tokenizers.Models;

/// <summary>Whole words; all others are one unknown token.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unknownToken, string location) : ITokenModel, IModelWorker
{
    private readonly int _unknownId = vocabulary.Find(unknownToken);

    public Vocabulary Vocabulary { get; } = vocabulary;

    public IModelWorker CreateWorker() => this;

    public void Trim(int capacity)
    {
    }

    public void Tokenize(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        int id = Vocabulary.Find(word);
        id = id < 0 ? _unknownId : id;
        if (id < 0)
        {
            throw new CorruptException($"{location} names '{unknownToken}' for unknown words, and its vocabulary lacks that token.", location);
        }

        tokens.Add(id, 0, word.Length);
    }
}
