using System.Text;
using Rag.Index.Tests.Support;
using Rag.Index.Text;

namespace Rag.Index.Tests.Text.Analysis;

public sealed class StandardAnalyzerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  ,.;\n\t", "")]
    [InlineData("The Cells were dividing", "cell divid")]
    [InlineData("IL-2 and p53_mutant", "il 2 p53 mutant")]
    [InlineData("the dog's and the dogs’ bones, don't", "dog dog bone don t")]
    [InlineData("What is HTTP/2?", "http 2")]
    [InlineData("Café CAFÉ cafe\u0301 naïve Straße œuvre", "cafe cafe cafe naiv strass oeuvr")]
    [InlineData("Ｆｕｌｌ　Ｗｉｄｔｈ １２３ ﬁne x²", "full width 123 fine x2")]
    [InlineData("Ёлка ёлка елка йод", "елка елка елка иод")]
    [InlineData("Ἀθῆναι ΑΘΗΝΑΙ λόγος ΛΟΓΟΣ", "αθηναι αθηναι λογοσ λογοσ")]
    [InlineData("co\u00ADoperate", "cooper")]
    [InlineData("हिन्दी में", "हिन्दी में")]
    [InlineData("서울특별시", "서울 울특 특별 별시")]
    [InlineData("1989년 한국", "1989 년 한국")]
    [InlineData("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국")]
    [InlineData("東京タワーに行く", "東京 タワ ワー に 行 く")]
    [InlineData("ｶﾞﾊﾟｳﾞ", "ガパ パヴ")]
    [InlineData("机器学习model训练", "机器 器学 学习 model 训练")]
    [InlineData("𠀀𠀁𠀂", "𠀀𠀁 𠀁𠀂")]
    [InlineData("ภาษาไทย", "ภา าษ ษา าไ ไท ทย")]
    [InlineData("a\uD800b", "b")]
    [InlineData("can't 3.14 example.com 12:30 a_b", "can t 3 14 exampl com 12 30 b")]
    [InlineData("ok 😀👍 then fine", "ok fine")]
    public void Analyze_Text_GivesTerms(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Collecting.Of(new StandardAnalyzer(), text)));

    [Theory]
    [InlineData("state of the art", "state@0 art@3")]
    [InlineData("the cells", "cell@1")]
    [InlineData("don't stop", "don@0 t@1 stop@2")]
    [InlineData("the dog's bone", "dog@1 bone@2")]
    [InlineData("서울특별시 the 한국", "서울@0 울특@1 특별@2 별시@3 한국@5")]
    [InlineData("東京タワーに行く", "東京@0 タワ@1 ワー@2 に@3 行@4 く@5")]
    public void Analyze_Text_GivesPositionsWithGapsForStopWords(string text, string expected) =>
        Assert.Equal(expected, Placed.Of(new StandardAnalyzer(), text));

    [Fact]
    public void Analyze_VeryLongWord_IsCutAlikeInPassageAndQuestion()
    {
        List<string> terms = Collecting.Of(new StandardAnalyzer(), new string('q', 100_000));
        Assert.Equal([new string('q', StandardAnalyzer.MaxTermLength)], terms);
    }

    [Fact]
    public void Analyze_AnyUtf16_NeverThrowsAndGivesSoundTerms()
    {
        Random random = new(11);
        StandardAnalyzer analyzer = new();
        UTF8Encoding strict = new(false, throwOnInvalidBytes: true);
        const string Telling = "aé'’sS가 한ー東ｶﾞ\uD840\uDC00\u0301\u1112\u1161";
        for (int i = 0; i < 3_000; i++)
        {
            char[] text = new char[random.Next(60)];
            for (int c = 0; c < text.Length; c++)
            {
                text[c] = (char)(random.Next(4) == 0 ? random.Next(0x10000) : Telling[random.Next(Telling.Length)]);
            }

            foreach (string term in Collecting.Of(analyzer, new string(text)))
            {
                Assert.NotEmpty(term);
                Assert.InRange(strict.GetByteCount(term), 1, 4 * StandardAnalyzer.MaxTermLength);
            }
        }
    }
}
