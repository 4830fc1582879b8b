namespace Rag.Index.Text;

/// <summary>How a character takes part in terms.</summary>
internal enum WritingSystem
{
    /// <summary>Separates terms.</summary>
    None,

    /// <summary>Written with spaces between words: a run is one term.</summary>
    Word,

    /// <summary>A mark that belongs to the letter before it.</summary>
    Mark,

    /// <summary>Invisible inside a word: soft hyphen, joiners.</summary>
    Ignored,

    /// <summary>Korean syllables and letters: a run gives its bigrams, as all of the following do.</summary>
    Hangul,

    /// <summary>Chinese characters.</summary>
    Han,

    /// <summary>Japanese syllables.</summary>
    Hiragana,

    /// <summary>Japanese syllables for foreign words.</summary>
    Katakana,

    /// <summary>Thai, Lao, Khmer, Burmese: no spaces between words.</summary>
    SoutheastAsian,
}
