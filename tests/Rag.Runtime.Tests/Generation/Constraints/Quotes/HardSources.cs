using Rag.Runtime.Generation.Constraints.Quotes;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

/// <summary>Texts that quotes are hard to take from.</summary>
internal static class HardSources
{
    public static QuoteSource[] All =>
    [
        new("empty", ""),
        new("english", "The tower was finished in 1889. It is 330 metres tall, and 7,000,000 people don't miss it."),
        new("korean", "서울은 대한민국의 수도이다. 한강이 도시를 가로지른다.\r\n인구는 약 940만 명이다."),
        new("emoji", "A family 👩‍👩‍👧‍👦 came by 🚲 from 🇰🇷🇫🇷 with a thumb 👍🏽 and a flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 too."),
        new("marks", "He said “no, never” and “maybe” or \"yes\" or ”what“ then left."),
        new("combining", "Cafe\u0301 Zu\u0308rich a\u0323\u0307 nai\u0308ve re\u0301sume\u0301 with a\u0301\u0302\u0303 lot."),
        new("lines", "first line\r\nsecond line\r\n\r\nthird\tline\r\n  indented\r\n"),
        new("again", "The tower was finished in 1889. It is 330 metres tall, and 7,000,000 people don't miss it."),
        new("repeats", "ab ab ab ab ab ab ab ab ab ab aab aab abb abb"),
        new("broken", "half \ud83d of a pair \udc00 and \ud83d\ude00 a whole one"),
        new("japanese", "東京は日本の首都です。人口は約1400万人。"),
        new("blank", " \r\n\t "),
        new("controls", "nul \0 bell \a escape \u001b[31m and \u200b zero \u202e width \ufeff here"),
    ];
}
