using System.Collections;

namespace Rag.Documents;

/// <summary>Tells everyday Hangul syllables from those that only a wrong decoding yields.</summary>
internal static class HangulSyllables
{
    // The syllables most met in Korean prose: endings, particles and Sino-Korean roots.
    private const string Everyday = "이다는에의가을하고지로사은기도를한어리시인서자대나과아정일수있해부상전보그스주들안녕세요된니까습게만라으장원무동구국공제비신소조경화성";
    private const char First = '\uAC00';
    private static readonly BitArray Standard = MakeStandard();

    /// <summary>Whether it is one of the 2,350 syllables of KS X 1001, which hold all ordinary Korean.</summary>
    public static bool IsStandard(char syllable) => Standard[syllable - First];

    /// <summary>Whether it is one of those most met.</summary>
    public static bool IsEveryday(char syllable) => Everyday.Contains(syllable);

    private static BitArray MakeStandard()
    {
        var standard = new BitArray(0xD7A3 - First + 1);
        Span<byte> pair = stackalloc byte[2];
        for (int lead = 0xB0; lead <= 0xC8; lead++)
        {
            for (int trail = 0xA1; trail <= 0xFE; trail++)
            {
                pair[0] = (byte)lead;
                pair[1] = (byte)trail;
                char c = KnownEncodings.Cp949.GetString(pair)[0];
                if (c is >= First and <= '\uD7A3')
                {
                    standard[c - First] = true;
                }
            }
        }

        return standard;
    }
}
