using System.Text;

namespace Rag.Prompting;

/// <summary>
/// Makes text that someone else wrote fit to stand in a prompt: nothing in it is invisible, opens or closes a fence, or looks
/// like the control tokens of a chat template.
/// </summary>
internal static class UntrustedText
{
    /// <summary>The text without hidden characters, fence keys and control tokens. Equal input gives equal output.</summary>
    /// <param name="text">What someone else wrote.</param>
    /// <param name="keys">The keys of all fences of the prompt.</param>
    public static string Neutralize(string text, IReadOnlyCollection<string> keys)
    {
        StringBuilder clean = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (IsHiddenPair(text, i))
            {
                i++;
            }
            else if (!IsHidden(c))
            {
                clean.Append(c);
            }
        }

        // "<|im_start|>" and its kin: a space takes a control token its meaning and leaves it readable.
        // The fences' own brackets become others that look alike.
        clean.Replace("<|", "< |").Replace("|>", "| >").Replace("<<<", "‹‹‹").Replace(">>>", "›››");
        string result = clean.ToString();
        foreach (string key in keys)
        {
            result = result.Replace(key, "[removed]", StringComparison.OrdinalIgnoreCase);
        }

        return result;
    }

    /// <summary>Controls, zero-width and bidirectional characters that a person does not see; joiners that scripts and emoji need stay.</summary>
    private static bool IsHidden(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t' or '\r'))
        || c is '\u00AD' or '\u200B' or '\u200E' or '\u200F' or '\uFEFF' or (>= '\u2060' and <= '\u206F') or (>= '\u202A' and <= '\u202E');

    /// <summary>Tag characters and supplementary variation selectors (U+E0000 to U+E01EF), which can carry a hidden text.</summary>
    private static bool IsHiddenPair(string text, int i) =>
        text[i] == '\uDB40' && i + 1 < text.Length && text[i + 1] is >= '\uDC00' and <= '\uDDEF';
}
