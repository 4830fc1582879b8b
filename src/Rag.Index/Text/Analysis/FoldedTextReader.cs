using System.Text;

namespace Rag.Index.Text;

/// <summary>
/// Reads a text as folded characters: lower case, base letters, full-width forms as their plain ones, half-width katakana as
/// full, decomposed Hangul composed. Covers what of NFKC matters for search, without the platform's normalisation tables,
/// which a process in invariant globalization mode does not have. Unpaired surrogates read as U+FFFD.
/// </summary>
internal ref struct FoldedTextReader(ReadOnlySpan<char> text)
{
    // U+FF66..U+FF9D in order.
    private const string HalfWidthKatakana = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

    private ReadOnlySpan<char> _rest = text;
    private ReadOnlySpan<char> _pending = default;

    /// <summary>Reads the next character.</summary>
    /// <returns>False at the end.</returns>
    public bool Next(out Rune rune)
    {
        if (!_pending.IsEmpty)
        {
            rune = new Rune(_pending[0]);
            _pending = _pending[1..];
            return true;
        }

        if (_rest.IsEmpty)
        {
            rune = default;
            return false;
        }

        char first = _rest[0];
        if (first < 0x80)
        {
            _rest = _rest[1..];
            rune = new Rune(char.ToLowerInvariant(first));
            return true;
        }

        Rune.DecodeFromUtf16(_rest, out rune, out int consumed);
        _rest = _rest[consumed..];
        rune = rune.IsBmp ? FoldBmp((char)rune.Value) : Rune.ToLowerInvariant(rune);
        return true;
    }

    /// <summary>After an apostrophe: skips the s of an English possessive ("cell's") and says whether there was one.</summary>
    public bool SkipPossessive()
    {
        if (_rest.IsEmpty || _rest[0] is not ('s' or 'S') || (_rest.Length > 1 && char.IsLetterOrDigit(_rest[1])))
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    private Rune FoldBmp(char character)
    {
        string expansion = LetterFolding.Expand(character);
        if (expansion.Length > 0)
        {
            _pending = expansion.AsSpan(1);
            return new Rune(expansion[0]);
        }

        return new Rune(character switch
        {
            >= '\u1100' and <= '\u1112' => ComposeHangul(character),
            >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(character - 0xFEE0)),
            >= '\uFF66' and <= '\uFF9D' => ComposeKatakana(HalfWidthKatakana[character - 0xFF66]),
            >= '\u2080' and <= '\u2089' => (char)(character - 0x2080 + '0'),
            '\u2070' or (>= '\u2074' and <= '\u2079') => (char)(character - 0x2070 + '0'),
            _ => LetterFolding.Fold(character),
        });
    }

    // Unicode Standard 3.12, Hangul syllable composition.
    private char ComposeHangul(char leading)
    {
        if (_rest.IsEmpty || _rest[0] is < '\u1161' or > '\u1175')
        {
            return leading;
        }

        int syllable = 0xAC00 + ((((leading - 0x1100) * 21) + (_rest[0] - 0x1161)) * 28);
        _rest = _rest[1..];
        if (!_rest.IsEmpty && _rest[0] is >= '\u11A8' and <= '\u11C2')
        {
            syllable += _rest[0] - 0x11A7;
            _rest = _rest[1..];
        }

        return (char)syllable;
    }

    // The half-width voicing marks follow their letter; voiced letters stand one place after the plain one, p-sounds two.
    private char ComposeKatakana(char letter)
    {
        int voiced = !_rest.IsEmpty && _rest[0] is '\uFF9E' or '\uFF9F' ? _rest[0] - 0xFF9D : 0;
        bool takes = letter is (>= 'カ' and <= 'ト') or (>= 'ハ' and <= 'ホ') or 'ウ';
        if (voiced == 0 || !takes)
        {
            return letter;
        }

        _rest = _rest[1..];
        return letter == 'ウ' ? 'ヴ' : (char)(letter + voiced);
    }
}
