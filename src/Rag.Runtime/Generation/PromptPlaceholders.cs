using System.Globalization;
using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Generation;

/// <summary>
/// Stand-ins for text that a chat template must carry but not see: between two non-characters of Unicode, with a number
/// that no message holds, so that no message can forge one.
/// </summary>
internal sealed class PromptPlaceholders
{
    private const char Open = '\uFDD0';
    private const char Close = '\uFDD1';

    private readonly string _mark;
    private readonly List<string> _texts = [];

    public PromptPlaceholders(IReadOnlyList<ChatTurn> turns, IReadOnlyDictionary<string, object?> variables)
    {
        string[] texts = [.. turns.SelectMany(TurnTexts.Of), .. TurnTexts.Of(variables)];
        int number = 0;
        string mark;
        do
        {
            mark = string.Create(CultureInfo.InvariantCulture, $"{Open}{number++}.");
        }
        while (texts.Any(text => text.Contains(mark, StringComparison.Ordinal)));
        _mark = mark;
    }

    /// <summary>The stand-in for a text.</summary>
    public string Hide(string text)
    {
        _texts.Add(text);
        return string.Create(CultureInfo.InvariantCulture, $"{_mark}{_texts.Count - 1}{Close}");
    }

    /// <summary>The rendered prompt in pieces, hidden texts put back.</summary>
    public IEnumerable<(string Text, bool Hidden)> Split(string rendered)
    {
        int done = 0;
        while (true)
        {
            int start = rendered.IndexOf(_mark, done, StringComparison.Ordinal);
            if (start < 0)
            {
                break;
            }

            int end = rendered.IndexOf(Close, start);
            if (end < 0 || !int.TryParse(rendered.AsSpan(start + _mark.Length, end - start - _mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= _texts.Count)
            {
                throw new UnsupportedException("The model's chat template cuts messages into pieces, which is not supported for text that spells special tokens.");
            }

            if (start > done)
            {
                yield return (rendered[done..start], false);
            }

            yield return (_texts[index], true);
            done = end + 1;
        }

        if (done < rendered.Length)
        {
            yield return (rendered[done..], false);
        }
    }
}
