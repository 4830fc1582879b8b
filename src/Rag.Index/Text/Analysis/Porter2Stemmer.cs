namespace Rag.Index.Text;

/// <summary>
/// The English stemmer "Porter2" (M. F. Porter, Snowball project), written from the published algorithm:
/// https://snowballstem.org/algorithms/english/stemmer.html. Stateless; safe for concurrent use.
/// </summary>
internal static class Porter2Stemmer
{
    private static readonly string[] Invariant = ["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"];

    private static readonly string[] KeepingIng = ["inn", "out", "cann", "herr", "earr", "even"];

    private static readonly string[] KeepingEed = ["proc", "exc", "succ"];

    private static readonly (string Word, string Stem)[] Irregular =
    [
        ("skis", "ski"), ("skies", "sky"), ("idly", "idl"), ("gently", "gentl"), ("ugly", "ugli"), ("early", "earli"),
        ("only", "onli"), ("singly", "singl"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step2Rules =
    [
        ("ational", "ate"), ("ization", "ize"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"), ("tional", "tion"),
        ("biliti", "ble"), ("lessli", "less"), ("entli", "ent"), ("ation", "ate"), ("alism", "al"), ("aliti", "al"),
        ("ousli", "ous"), ("iviti", "ive"), ("fulli", "ful"), ("ogist", "og"), ("enci", "ence"), ("anci", "ance"), ("abli", "able"),
        ("izer", "ize"), ("ator", "ate"), ("alli", "al"), ("bli", "ble"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3Rules =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly string[] Step4Suffixes =
    [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al", "er", "ic",
    ];

    private static readonly string[] FixedFirstRegions =
        ["gener", "commun", "arsen", "emerg", "inter", "later", "organ", "past", "univers"];

    /// <summary>Reduces a lower-case word to its stem, in place.</summary>
    /// <param name="buffer">Holds the word from its start; needs no room beyond it.</param>
    /// <param name="length">Length of the word.</param>
    /// <returns>Length of the stem, which stands at the start of <paramref name="buffer"/>.</returns>
    public static int Stem(Span<char> buffer, int length)
    {
        Span<char> given = buffer[..length];
        foreach ((string word, string stem) in Irregular)
        {
            if (given.SequenceEqual(word))
            {
                stem.CopyTo(buffer);
                return stem.Length;
            }
        }

        if (length < 3 || IsOneOf(given, Invariant))
        {
            return length;
        }

        PorterWord current = new(buffer, length);
        current.Prepare(FixedFirstRegions);
        Step0(ref current);
        Step1A(ref current);
        Step1B(ref current);
        Step1C(ref current);
        Step2(ref current);
        Step3(ref current);
        Step4(ref current);
        Step5(ref current);
        current.Text.Replace('Y', 'y');
        return current.Length;
    }

    private static void Step0(ref PorterWord word)
    {
        int suffix = word.EndsWith("'s'") ? 3 : word.EndsWith("'s") ? 2 : word.EndsWith("'") ? 1 : 0;
        word.Length -= suffix;
    }

    private static void Step1A(ref PorterWord word)
    {
        if (word.EndsWith("sses"))
        {
            word.Length -= 2;
        }
        else if (word.EndsWith("ied") || word.EndsWith("ies"))
        {
            word.Length -= word.Length > 4 ? 2 : 1;
        }
        else if (word.EndsWith("s") && !word.EndsWith("us") && !word.EndsWith("ss") && word.HasVowelBefore(word.Length - 2))
        {
            word.Length--;
        }
    }

    private static void Step1B(ref PorterWord word)
    {
        int eed = word.EndsWith("eedly") ? 5 : word.EndsWith("eed") ? 3 : 0;
        if (eed > 0)
        {
            if (word.InFirstRegion(eed) && !IsOneOf(word.Text[..^eed], KeepingEed))
            {
                word.Replace(eed, "ee");
            }

            return;
        }

        int suffix = word.EndsWith("ingly") ? 5 : word.EndsWith("edly") ? 4 : word.EndsWith("ing") ? 3 : word.EndsWith("ed") ? 2 : 0;
        ReadOnlySpan<char> rest = word.Text[..^suffix];
        if (word.EndsWith("ing") && rest.Length == 2 && rest[1] == 'y' && !word.IsVowel(0))
        {
            // "dying", "lying", "tying".
            word.Replace(4, "ie");
            return;
        }

        if (suffix == 0 || !word.HasVowelBefore(rest.Length) || (suffix == 3 && IsOneOf(rest, KeepingIng)))
        {
            return;
        }

        word.Length -= suffix;
        if (word.EndsWith("at") || word.EndsWith("bl") || word.EndsWith("iz"))
        {
            word.Append('e');
        }
        else if (word.EndsInDouble())
        {
            // "add", "egg", "off" keep their double letter.
            if (word.Length != 3 || word[0] is not ('a' or 'e' or 'o'))
            {
                word.Length--;
            }
        }
        else if (word.FirstRegion == word.Length && word.EndsInShortSyllable(word.Length))
        {
            word.Append('e');
        }
    }

    private static void Step1C(ref PorterWord word)
    {
        if (word.Length > 2 && word[^1] is 'y' or 'Y' && !word.IsVowel(word.Length - 2))
        {
            word[^1] = 'i';
        }
    }

    private static void Step2(ref PorterWord word)
    {
        if (word.ReplaceFirstOf(Step2Rules))
        {
            return;
        }

        if (word.EndsWith("ogi"))
        {
            if (word.InFirstRegion(3) && word.Length > 3 && word[^4] == 'l')
            {
                word.Length--;
            }
        }
        else if (word.EndsWith("li") && word.InFirstRegion(2) && word.Length > 2
            && word[^3] is 'c' or 'd' or 'e' or 'g' or 'h' or 'k' or 'm' or 'n' or 'r' or 't')
        {
            word.Length -= 2;
        }
    }

    private static void Step3(ref PorterWord word)
    {
        if (!word.ReplaceFirstOf(Step3Rules) && word.EndsWith("ative") && word.InSecondRegion(5))
        {
            word.Length -= 5;
        }
    }

    private static void Step4(ref PorterWord word)
    {
        foreach (string suffix in Step4Suffixes)
        {
            if (word.EndsWith(suffix))
            {
                word.Length -= word.InSecondRegion(suffix.Length) ? suffix.Length : 0;
                return;
            }
        }

        if (word.EndsWith("ion") && word.InSecondRegion(3) && word.Length > 3 && word[^4] is 's' or 't')
        {
            word.Length -= 3;
        }
    }

    private static void Step5(ref PorterWord word)
    {
        bool drop = word.EndsWith("e")
            ? word.InSecondRegion(1) || (word.InFirstRegion(1) && !word.EndsInShortSyllable(word.Length - 1))
            : word.EndsWith("ll") && word.InSecondRegion(1);
        word.Length -= drop ? 1 : 0;
    }

    private static bool IsOneOf(ReadOnlySpan<char> word, string[] list)
    {
        foreach (string entry in list)
        {
            if (word.SequenceEqual(entry))
            {
                return true;
            }
        }

        return false;
    }
}
