using Rag.Tokenizers.Models;
using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.AddedTokens;

/// <summary>The added tokens of a tokenizer over its model's vocabulary. Immutable.</summary>
internal sealed class AddedVocabulary
{
    private readonly Vocabulary _model;
    private readonly Dictionary<string, int> _ids = [];
    private readonly Dictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<int, string> _spellings = [];
    private readonly HashSet<string> _special = [];
    private readonly HashSet<int> _specialIds = [];

    public AddedVocabulary(IEnumerable<AddedToken> tokens, Vocabulary model, INormalizer? normalizer)
    {
        _model = model;
        Size = model.Size;
        foreach (AddedToken listed in tokens)
        {
            if (listed.Content.Length == 0)
            {
                continue;
            }

            // The model's own id wins over the one that the file lists: the reference implementation looks there first.
            int known = model.Find(listed.Content);
            AddedToken token = known >= 0 ? listed with { Id = known } : listed;
            _ids[token.Content] = token.Id;
            _tokens[token.Id] = token;
            Size = Math.Max(Size, token.Id + 1);
            if (token.Special)
            {
                _special.Add(token.Content);
            }
        }

        foreach (string content in _special)
        {
            _specialIds.Add(_ids[content]);
        }

        Verbatim = new AddedTokenMatcher(_tokens.Values.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        foreach (AddedToken token in _tokens.Values.Where(token => token.Normalized))
        {
            _spellings[token.Id] = Normalize(token.Content, normalizer);
        }

        Normalized = new AddedTokenMatcher(_spellings.Select(spelling => (spelling.Value, _tokens[spelling.Key])));
    }

    /// <summary>Tokens sought in the text as given.</summary>
    public AddedTokenMatcher Verbatim { get; }

    /// <summary>Tokens sought in the normalized text.</summary>
    public AddedTokenMatcher Normalized { get; }

    /// <summary>One more than the largest id.</summary>
    public int Size { get; }

    public int Find(string token) => _ids.TryGetValue(token, out int id) ? id : _model.Find(token);

    public string? TokenOf(int id) => _tokens.TryGetValue(id, out AddedToken? token) ? token.Content : _model.TokenOf(id);

    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <summary>Whether the token is sought in another spelling than its own, because the normalizer changes it.</summary>
    public bool IsRespelt(int id) => _spellings.TryGetValue(id, out string? spelling) && spelling != _tokens[id].Content;

    private static string Normalize(string content, INormalizer? normalizer)
    {
        if (normalizer is null)
        {
            return content;
        }

        var text = new AlignedText();
        text.Load(content, 0, tracked: false);
        normalizer.Normalize(text);
        return text.Span.ToString();
    }
}
