using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>
/// UnicodeScripts: parts where the script changes. Kana count as Han; spaces and unassigned characters go with what stands
/// before them, and before the first script they are dropped, as in the reference implementation.
/// </summary>
internal sealed class ScriptPreTokenizer : IPreTokenizer, ITextMatcher
{
    private static readonly byte Han = ScriptTable.Of("Han");
    private static readonly byte Hiragana = ScriptTable.Of("Hiragana");
    private static readonly byte Katakana = ScriptTable.Of("Katakana");

    public void PreTokenize(PreTokenizedText text) => text.Split(this, SplitBehavior.Removed, invert: true);

    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int start = -1;
        byte last = ScriptTable.Unassigned;
        for (int at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out Rune rune, out int width);
            byte script = Of(rune.Value);
            if (script != ScriptTable.Unassigned && script != last)
            {
                if (start >= 0)
                {
                    matches.Add((start, at));
                }

                start = at;
                last = script;
            }

            at += width;
        }

        if (start >= 0)
        {
            matches.Add((start, text.Length));
        }
    }

    private static byte Of(int codePoint)
    {
        if (codePoint == ' ')
        {
            return ScriptTable.Unassigned;
        }

        byte script = ScriptTable.Of(codePoint);
        return script == Hiragana || script == Katakana || codePoint == 0x30FC ? Han : script;
    }
}
