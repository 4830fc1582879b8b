using Rag.Tokenizers.Models;

namespace Rag.Tokenizers.Assembly;

/// <summary>The tokens of one text, kept apart from the workspace that they were found with.</summary>
internal sealed class TokenRun
{
    private readonly int[] _ids;
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly int[] _words;
    private readonly Dictionary<int, string> _spellings;

    public TokenRun(string text, EncodeWorkspace workspace)
    {
        TokenBuffer tokens = workspace.Tokens;
        Text = text;
        _ids = tokens.Ids.ToArray();
        _starts = tokens.Starts.ToArray();
        _ends = tokens.Ends.ToArray();
        _words = [.. workspace.WordIds];
        _spellings = new Dictionary<int, string>(workspace.Spellings);
    }

    public string Text { get; }

    public int Count => _ids.Length;

    public int Id(int index) => _ids[index];

    public int Word(int index) => _words[index];

    public (int Start, int End) Range(int index) => (_starts[index], _ends[index]);

    /// <summary>The spelling of a token as it was matched, or null where it is the vocabulary's.</summary>
    public string? Spelling(int index) => _spellings.GetValueOrDefault(index);
}
