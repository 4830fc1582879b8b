using Rag.Chunking;
using Rag.Documents;

namespace Rag.Tests.Chunking;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("One. Two! Three? Four", "One.|Two!|Three?|Four")]
    [InlineData("Dr. Smith met Mr. Jones. They spoke.", "Dr. Smith met Mr. Jones.|They spoke.")]
    [InlineData("It costs 3.5 dollars. Cheap.", "It costs 3.5 dollars.|Cheap.")]
    [InlineData("The U.S. Army left. J. R. R. Tolkien wrote.", "The U.S. Army left.|J. R. R. Tolkien wrote.")]
    [InlineData("He said \"Stop.\" Then he left.", "He said \"Stop.\"|Then he left.")]
    [InlineData("Wait... what? Yes.", "Wait... what?|Yes.")]
    [InlineData("비가 왔다. 우산을 썼다.", "비가 왔다.|우산을 썼다.")]
    [InlineData("비가 왔다.우산을 썼다.", "비가 왔다.|우산을 썼다.")]
    [InlineData("雨が降った。傘を差した！", "雨が降った。|傘を差した！")]
    [InlineData("彼は「行く。」と言った。終わり。", "彼は「行く。」と言った。|終わり。")]
    [InlineData("Heading\n\nBody text", "Heading|Body text")]
    [InlineData("A line that is wrapped somewhere in the\nmiddle of it. Next.", "A line that is wrapped somewhere in the\nmiddle of it.|Next.")]
    [InlineData("Items:\n- first thing\n- second thing", "Items:|- first thing|- second thing")]
    [InlineData("1. First step\n2. Second step", "1. First step|2. Second step")]
    [InlineData("name: Ada; born: 1815; field: mathematics and machines\nname: Alan; born: 1912; field: logic", "name: Ada; born: 1815; field: mathematics and machines|name: Alan; born: 1912; field: logic")]
    [InlineData("See example.com for more. Done.", "See example.com for more.|Done.")]
    public void Split_Text_GivesItsSentences(string text, string expected) =>
        Assert.Equal(expected.Split('|'), SentenceSplitter.Split(text, new TextRange(0, text.Length)).Select(range => text[range.Start..range.End].Trim()));

    [Fact]
    public void Split_PartOfAText_TilesExactlyThatPart()
    {
        string text = "Before. One. Two. After.";
        List<TextRange> sentences = SentenceSplitter.Split(text, new TextRange(8, 17));
        Assert.Equal([new TextRange(8, 13), new TextRange(13, 17)], sentences);
    }
}
