using System.Text;

namespace Rag.Documents.Tests;

public sealed class TextDecoderTests
{
    private const string Korean = "검색 증강 생성은 질문에 맞는 문서를 찾아 답의 근거로 쓰는 방법이다. 색인은 한 폴더에 있고, 인용은 원문 그대로다.";
    private const string Japanese = "検索拡張生成とは、質問に合う文書を探して答えの根拠にする方法です。索引は一つのフォルダーにあります。";
    private const string French = "L’été dernier, à l’école, le garçon a mangé une crêpe « brûlée » — ça coûte 3 €.";
    private const string German = "Über den Häusern kreisten größere Vögel; Äpfel und Öl kosten 5 €.";
    private const string English = "It’s “quoted” text – with dashes and nothing else that is special…";

    public static TheoryData<string, string, int> Samples()
    {
        var samples = new TheoryData<string, string, int>();
        foreach ((string text, int page) in new[]
        {
            (Korean, 949), ("안녕하세요", 949), ("서울", 949), ("이름,나이\n김철수,30\n", 949), ("Version 2.0 출시 안내", 949), ("똠방각하 펲시콜라 이야기는 재미있다", 949), ("대한민국", 949), ("콩팥 꿀떡 팥빙수 껍질", 949), ("햇볕", 949),
            (Japanese, 932), ("こんにちは", 932), ("東京", 932), ("名前,年齢\n髙橋淳,35\n", 932), ("カタカナ と ひらがな", 932), ("第1章 はじめに", 932), ("東京都新宿区", 932),
            (French, 1252), (German, 1252), (English, 1252), ("café", 1252), ("naïve résumé", 1252), ("It’s", 1252), ("Zürich", 1252), ("Ärger", 1252), ("25 °C", 1252), ("São Paulo", 1252), ("£5", 1252),
        })
        {
            samples.Add(text, "code page", page);
        }

        return samples;
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Text_of_each_code_page_comes_back(string text, string kind, int page)
    {
        Encoding encoding = CodePagesEncodingProvider.Instance.GetEncoding(page)!;
        DecodedText decoded = TextDecoder.Decode(encoding.GetBytes(text), kind);

        Assert.Equal(text, decoded.Text);
        Assert.Equal(KnownEncodings.Replacing(encoding).WebName, decoded.EncodingName);
    }

    [Theory]
    [InlineData(Korean)]
    [InlineData(Japanese)]
    [InlineData(French)]
    [InlineData("a")]
    [InlineData("안녕, 세계")]
    [InlineData("plain ASCII\r\n")]
    [InlineData("😀 emoji 한")]
    [InlineData("")]
    public void Unicode_with_and_without_a_mark_comes_back(string text)
    {
        foreach (Encoding encoding in new[] { new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), (Encoding)new UTF32Encoding(false, true) })
        {
            Assert.Equal(text, TextDecoder.Decode([.. encoding.GetPreamble(), .. encoding.GetBytes(text)], "x").Text);
            if (encoding.CodePage != Encoding.UTF32.CodePage)
            {
                Assert.Equal(text, TextDecoder.Decode(encoding.GetBytes(text), "x").Text);
            }
        }
    }

    [Fact]
    public void Long_text_that_is_ASCII_for_a_megabyte_is_judged_by_what_follows()
    {
        string text = string.Concat(Enumerable.Repeat("plain line of a log\n", 60_000)) + Korean;

        Assert.Equal(text, TextDecoder.Decode(KnownEncodings.Cp949.GetBytes(text), "x").Text);
    }

    [Fact]
    public void A_damaged_byte_in_a_long_UTF8_text_costs_one_character()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Korean, 20)));
        bytes[100] = 0xFF;

        string text = TextDecoder.Decode(bytes, "x").Text;
        Assert.InRange(text.Count(c => c == '\uFFFD'), 1, 3);
        Assert.Contains("검색 증강 생성은", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_alphabets_in_code_pages_are_refused_rather_than_made_mojibake()
    {
        foreach ((int page, string text) in new[] { (1251, "Привет, как дела сегодня"), (1253, "Καλημέρα κόσμε και φίλοι") })
        {
            Assert.Throws<CorruptException>(() => TextDecoder.Decode(CodePagesEncodingProvider.Instance.GetEncoding(page)!.GetBytes(text), "x"));
        }
    }

    [Fact]
    public void Lone_surrogates_never_come_through()
    {
        string text = TextDecoder.Decode([0xFF, 0xFE, .. "a\0b\0"u8, 0x00, 0xD8, .. "c\0d\0"u8], "x").Text;

        Assert.Equal("ab\uFFFDcd", text);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3, 0, 4, 0, 0, 9, 200 })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { (byte)'t', (byte)'e', (byte)'x', (byte)'t', 0, 1, 2, 3, 0 })]
    public void Bytes_that_are_no_text_say_so(byte[] content)
    {
        CorruptException error = Assert.Throws<CorruptException>(() => TextDecoder.Decode(content, "file.txt"));
        Assert.Contains("file.txt is not text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_no_text()
    {
        var random = new Random(11);
        int taken = 0;
        for (int i = 0; i < 200; i++)
        {
            var noise = new byte[random.Next(200, 4000)];
            random.NextBytes(noise);
            taken += TextDecoder.TryDecode(noise, null, out _) is null ? 0 : 1;
        }

        Assert.Equal(0, taken);
    }
}
