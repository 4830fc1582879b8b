namespace Rag.Tokenizers.Models;

/// <summary>
/// Byte-pair encoding (Sennrich, Haddow and Birch 2016): a word begins as its characters, and the pair of lowest rank merges,
/// leftmost first, until none is left.
/// </summary>
internal sealed class BpeModel : ITokenModel
{
    private readonly int[] _characterIds = new int[65536];

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options, string location, char wordMark = '\0')
    {
        Vocabulary = vocabulary;
        Merges = merges;
        Options = options;
        Location = location;
        WordMark = wordMark;
        Array.Fill(_characterIds, -1);
        foreach ((string token, int id) in vocabulary.Ids)
        {
            if (token.Length == 1)
            {
                _characterIds[token[0]] = id;
            }
        }

        if (options.ByteFallback)
        {
            ByteIds = ByteTokens.Ids(vocabulary);
        }

        UnknownId = options.UnknownToken is null ? -1 : vocabulary.Find(options.UnknownToken);
    }

    public Vocabulary Vocabulary { get; }

    public MergeTable Merges { get; }

    public BpeOptions Options { get; }

    public string Location { get; }

    /// <summary>
    /// A character before which no merge ever reaches across unless it follows itself, or 0 where there is none. A text that
    /// no pre-tokenizer split is cut there first, which changes nothing but the time it takes.
    /// </summary>
    public char WordMark { get; }

    /// <summary>Ids of the tokens &lt;0x00&gt; to &lt;0xFF&gt;, -1 where one is missing; null without byte fallback.</summary>
    public int[]? ByteIds { get; }

    /// <summary>The id of the unknown token, or -1.</summary>
    public int UnknownId { get; }

    /// <summary>The id of a token that is one UTF-16 code unit, or -1.</summary>
    public int CharacterId(char c) => _characterIds[c];

    public IModelWorker CreateWorker() => new BpeWorker(this);
}
