namespace Rag.Matching;

/// <summary>Takes particles and question endings off Korean words.</summary>
internal static class KoreanEndings
{
    private static readonly string[] Particles = ["에서는", "으로는", "에서", "에게", "으로", "부터", "까지", "이다", "은", "는", "이", "가", "을", "를", "의", "에", "도", "로", "와", "과", "만"];
    private static readonly string[] Questions = ["입니까", "인가요", "일까요", "인가", "인지", "나요", "니까", "는가", "일까", "은가", "요"];
    private static readonly string[] QuestionWords = ["무엇", "어디", "언제", "누구", "누가", "얼마", "어떻게", "무슨", "어느", "어떤", "몇", "왜"];

    /// <summary>The word without its last particle; never empty.</summary>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> word) => Cut(word, Particles);

    /// <summary>As <see cref="Strip"/>, and empty for a question word.</summary>
    public static ReadOnlySpan<char> StripQuestion(ReadOnlySpan<char> word)
    {
        foreach (string question in QuestionWords)
        {
            if (word.StartsWith(question, StringComparison.Ordinal))
            {
                return [];
            }
        }

        return Cut(Cut(word, Questions), Particles);
    }

    private static ReadOnlySpan<char> Cut(ReadOnlySpan<char> word, string[] endings)
    {
        foreach (string ending in endings)
        {
            if (word.Length > ending.Length && word.EndsWith(ending, StringComparison.Ordinal))
            {
                return word[..^ending.Length];
            }
        }

        return word;
    }
}
