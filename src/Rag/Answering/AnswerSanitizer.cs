using System.Text.RegularExpressions;
using Rag.Prompting;

namespace Rag.Answering;

/// <summary>
/// Takes out of a model's words what could act on whoever shows them: addresses that no source contains to the letter, images,
/// active HTML, and references to sources that do not exist. Works on a stream; holds back what is not yet decided, which is
/// the last word. State of one answer.
/// </summary>
internal sealed partial class AnswerSanitizer
{
    private const string Removed = "[link removed]";
    private const int LongestReference = 48;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly int _sources;
    private string _held = "";

    /// <summary>Creates the sanitizer for an answer from given sources.</summary>
    public AnswerSanitizer(IReadOnlyList<PromptSource> sources)
    {
        _sources = sources.Count;
        foreach (Match address in sources.SelectMany(source => Address().Matches(source.Text)))
        {
            _known.Add(Bare(address.Value));
        }
    }

    /// <summary>Takes the next piece and gives what can be shown of it.</summary>
    public string Push(string piece)
    {
        _held += piece;
        int cut = SafeCut(_held);
        string ready = _held[..cut];
        _held = _held[cut..];
        return Clean(ready);
    }

    /// <summary>Gives what was held back.</summary>
    public string Flush()
    {
        string rest = Clean(_held);
        _held = "";
        return rest;
    }

    /// <summary>
    /// Words are whole before white space and after an East Asian character. White space stays with the word that follows, and
    /// a bracket that is open, or has just opened a link's target, stays whole.
    /// </summary>
    private static int SafeCut(string text)
    {
        int cut = text.Length;
        while (cut > 0 && (text[cut - 1] == '(' || !(text[cut - 1] >= '\u2E80' || (cut < text.Length && char.IsWhiteSpace(text[cut])))))
        {
            cut--;
        }

        int open = cut == 0 ? -1 : text.LastIndexOf('[', cut - 1);
        bool whole = open < 0 || text.IndexOf(']', open, cut - open) >= 0 || cut - open > LongestReference;
        return whole ? cut : open > 0 && text[open - 1] == ' ' ? open - 1 : open;
    }

    private string Clean(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        text = text.Replace("![", "[", StringComparison.Ordinal).Replace("]:", "] :", StringComparison.Ordinal);
        text = ActiveTag().Replace(text, "‹");
        text = SpacedTarget().Replace(text, "] (");
        text = LinkTarget().Replace(text, target => _known.Contains(Bare(target.Groups[1].Value)) ? target.Value : "](" + Removed);
        text = Address().Replace(text, address =>
        {
            string bare = Bare(address.Value);
            return _known.Contains(bare) ? address.Value : Removed + address.Value[bare.Length..];
        });
        return References.RemoveUnknown(text, _sources);
    }

    /// <summary>The address without the punctuation that the sentence puts after it.</summary>
    private static string Bare(string address) => address.TrimEnd('.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '"', '*', '_', '’', '”');

    [GeneratedRegex(@"(?:(?<![a-z0-9+.\-])[a-z][a-z0-9+.\-]{1,20}:[/\\]|(?:https?|ftp|file):[/\\]|(?<![a-z0-9])(?:javascript|data|vbscript|mailto|blob):(?=\S)|(?<![a-z0-9.])www\.|(?<=[(\s<""'=]|^)[/\\]{2}(?=\w))[^\s<>""`\u2E80-\uFFFF]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"\]\(<?([^\s)<>]+)", RegexOptions.CultureInvariant)]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"\]\((?=\s)", RegexOptions.CultureInvariant)]
    private static partial Regex SpacedTarget();

    [GeneratedRegex(@"<(?=/?(?:a|img|script|iframe|object|embed|link|style|svg|video|audio|source|form|input|meta|base|body|math)\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ActiveTag();
}
