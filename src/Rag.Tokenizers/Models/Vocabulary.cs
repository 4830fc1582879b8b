namespace Rag.Tokenizers.Models;

/// <summary>Tokens and their ids, both ways. Ids may have gaps. Immutable once built.</summary>
internal sealed class Vocabulary
{
    /// <summary>No real vocabulary is near it; ids above are taken for damage.</summary>
    public const int MaxId = 0xFFFFFF;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string?[]? _dense;
    private readonly Dictionary<int, string>? _sparse;

    /// <summary>Builds a vocabulary whose ids run from 0 without gaps; of a token listed twice the last id counts.</summary>
    public Vocabulary(IReadOnlyList<string> tokens)
    {
        _ids = new Dictionary<string, int>(tokens.Count);
        for (int id = 0; id < tokens.Count; id++)
        {
            _ids[tokens[id]] = id;
        }

        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _dense = [.. tokens];
        Size = tokens.Count;
        LongestToken = tokens.Count == 0 ? 0 : tokens.Max(token => token.Length);
    }

    public Vocabulary(Dictionary<string, int> ids)
    {
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        int longest = 0;
        int top = -1;
        foreach ((string token, int id) in ids)
        {
            longest = Math.Max(longest, token.Length);
            top = Math.Max(top, id);
        }

        LongestToken = longest;
        Size = top + 1;
        if (top < 65536 + (4L * ids.Count))
        {
            _dense = new string?[Size];
        }
        else
        {
            _sparse = new Dictionary<int, string>(ids.Count);
        }

        foreach ((string token, int id) in ids)
        {
            if (_dense is not null)
            {
                _dense[id] = token;
            }
            else
            {
                _sparse![id] = token;
            }
        }
    }

    /// <summary>One more than the largest id.</summary>
    public int Size { get; }

    /// <summary>Length of the longest token in UTF-16 code units.</summary>
    public int LongestToken { get; }

    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>The id of a token, or -1.</summary>
    public int Find(ReadOnlySpan<char> token) => _lookup.TryGetValue(token, out int id) ? id : -1;

    /// <summary>The token with an id, or null.</summary>
    public string? TokenOf(int id) =>
        _dense is not null ? ((uint)id < (uint)_dense.Length ? _dense[id] : null) : _sparse!.GetValueOrDefault(id);
}
