using System.Text;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>Gathers differences over many cases, so that one run shows them all by kind, with the first few in full.</summary>
internal sealed class Faults
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly StringBuilder _examples = new();
    private string _text = "";
    private int _cases;

    public void Begin(string text)
    {
        _text = text;
        _cases++;
    }

    public void Compare<T>(string kind, IEnumerable<T> expected, IEnumerable<T> actual)
    {
        T[] wanted = [.. expected];
        T[] got = [.. actual];
        if (wanted.SequenceEqual(got))
        {
            return;
        }

        int seen = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (seen <= 12)
        {
            int at = 0;
            while (at < wanted.Length && at < got.Length && Equals(wanted[at], got[at]))
            {
                at++;
            }

            string Show(T[] items) => string.Join(' ', items.Skip(Math.Max(0, at - 2)).Take(8));
            _examples.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{kind} of «{Clip(_text)}» at {at}: expected {Clip(Show(wanted))} ({wanted.Length}), got {Clip(Show(got))} ({got.Length})");
        }
    }

    public void Assert()
    {
        Xunit.Assert.True(_cases > 0, "There were no cases.");
        Xunit.Assert.True(_counts.Count == 0, $"{string.Join(", ", _counts.Select(pair => $"{pair.Key}: {pair.Value}"))} of {_cases} cases differ.\n{_examples}");
    }

    private static string Clip(string text) => text.Length <= 160 ? text : text[..160] + "…";
}
