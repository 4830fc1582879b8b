using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Models;

/// <summary>
/// WordPiece as BERT uses it (google-research/bert, tokenization.py): the longest piece that begins the word, then the longest
/// that continues it, and so on; a word with a stretch that no piece fits, or that is too long, is one unknown token.
/// </summary>
internal sealed class WordPieceModel : ITokenModel, IModelWorker
{
    private readonly TokenTrie _first = new();
    private readonly TokenTrie _continuing = new();
    private readonly int _maxCharacters;
    private readonly string _unknownToken;
    private readonly int _unknownId;
    private readonly string _location;

    public WordPieceModel(Vocabulary vocabulary, string unknownToken, string continuingPrefix, int maxCharacters, string location)
    {
        Vocabulary = vocabulary;
        _maxCharacters = maxCharacters;
        _unknownToken = unknownToken;
        _unknownId = vocabulary.Find(unknownToken);
        _location = location;
        foreach ((string token, int id) in vocabulary.Ids)
        {
            _first.Add(token, id);
            if (token.Length > continuingPrefix.Length && token.StartsWith(continuingPrefix, StringComparison.Ordinal))
            {
                _continuing.Add(token.AsSpan(continuingPrefix.Length), id);
            }
        }
    }

    public Vocabulary Vocabulary { get; }

    public IModelWorker CreateWorker() => this;

    public void Trim(int capacity)
    {
    }

    public void Tokenize(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        int first = tokens.Count;
        bool fits = word.Length <= _maxCharacters || CountCharacters(word) <= _maxCharacters;
        for (int at = 0; fits && at < word.Length;)
        {
            int id = (at == 0 ? _first : _continuing).LongestPrefix(word[at..], out int length);
            fits = id >= 0 && length > 0;
            if (fits)
            {
                tokens.Add(id, at, at + length);
                at += length;
            }
        }

        if (!fits)
        {
            tokens.Truncate(first);
            if (_unknownId < 0)
            {
                throw new CorruptException($"{_location} names '{_unknownToken}' for unknown words, and its vocabulary lacks that token.", _location);
            }

            tokens.Add(_unknownId, 0, word.Length);
        }
    }

    private static int CountCharacters(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char c in word)
        {
            count += char.IsLowSurrogate(c) ? 0 : 1;
        }

        return count;
    }
}
