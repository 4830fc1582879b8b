using System.Text;

namespace Rag.Documents.Tests;

/// <summary>Every prefix and many single damaged bytes of a sound file of each format end in a document or in a declared exception.</summary>
public sealed class SweepTests
{
    private static readonly Dictionary<string, Func<byte[]>> Samples = new()
    {
        ["a.txt"] = () => KnownEncodings.Cp949.GetBytes("한국어 문서 하나.\n둘째 줄, and some English."),
        ["a.md"] = () => Encoding.UTF8.GetBytes("---\ntitle: x\n---\n# H\n\n- a\n  - b\n\n|a|b|\n|-|-|\n|1|2|\n\n```\ncode\n```\n> q <!-- c -->\n"),
        ["a.html"] = () => Encoding.UTF8.GetBytes("<!doctype html><meta charset=utf-8><title>t</title><h1>H</h1><p hidden>x<p>y &amp; z<table><tr><th>a<th>b<tr><td rowspan=2>1<td>2</table><ul><li>i</ul><pre>c</pre>"),
        ["a.csv"] = () => Encoding.UTF8.GetBytes("Name,Price\nWidget,\"9,50\"\nBolt,1\n"),
        ["a.json"] = () => Encoding.UTF8.GetBytes("{\"title\":\"t\",\"a\":[1,2,{\"b\":\"c\\u00e9\"}],\"d\":{\"e\":null}}"),
        ["a.docx"] = () => DocxMaker.Make(
            DocxMaker.Paragraph("One") + "<w:tbl><w:tr><w:tc>" + DocxMaker.Paragraph("a") + "</w:tc></w:tr></w:tbl>",
            styles: "<w:style w:styleId='x'><w:name w:val='heading 1'/></w:style>"),
    };

    public static TheoryData<string> Names() => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Prefixes_and_flips_give_only_declared_exceptions(string name)
    {
        byte[] sample = Samples[name]();
        await Reading.ReadAsync(name, sample);
        for (int length = 0; length < sample.Length; length += Math.Max(1, sample.Length / 400))
        {
            await TryAsync(name, sample[..length], $"prefix {length}");
        }

        var random = new Random(20261121);
        for (int i = 0; i < 600; i++)
        {
            byte[] damaged = [.. sample];
            int at = random.Next(damaged.Length);
            byte value = (byte)random.Next(256);
            damaged[at] = value;
            await TryAsync(name, damaged, $"byte {at} = {value}");
        }
    }

    [Fact]
    public async Task Damaged_PDF_files_give_only_declared_exceptions()
    {
        Assert.SkipWhen(PdfToText.Find("pdftotext") is null, "pdftotext (poppler) is not installed.");
        byte[] sample = PdfMaker.Make([.. new[] { PdfMaker.Column(72, 80, "one line", "another line").ToArray() }]);
        var random = new Random(20261121);
        for (int i = 0; i < 30; i++)
        {
            byte[] damaged = [.. sample];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            await TryAsync("a.pdf", i % 2 == 0 ? damaged : sample[..random.Next(sample.Length)], $"step {i}");
        }
    }

    private static async Task TryAsync(string name, byte[] content, string what)
    {
        try
        {
            await Reading.ReadAsync(name, content);
        }
        catch (RagException e)
        {
            Assert.True(e is CorruptException or LimitExceededException or UnsupportedException, $"{name}, {what}: {e}");
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{name}, {what}: {e}");
        }
    }
}
