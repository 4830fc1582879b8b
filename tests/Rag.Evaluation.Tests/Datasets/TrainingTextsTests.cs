using System.IO.Compression;
using System.Text;
using Rag.Evaluation.Datasets;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Datasets;

public sealed class TrainingTextsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_GiveTitleAndText_EvenlySampled()
    {
        string path = _folder.File("texts.jsonl.gz");
        using (GZipStream stream = new(File.Create(path), CompressionMode.Compress))
        {
            stream.Write(Encoding.UTF8.GetBytes("{\"text\":\"one\"}\n{\"_id\":\"7\",\"title\":\"T\",\"text\":\"two\"}\n\n{\"text\":\"three\"}\n{\"text\":\"four\"}\n"));
        }

        Assert.Equal(["one", "T two", "three", "four"], await TrainingTexts.ReadAsync(path));
        Assert.Equal(["one", "three"], await TrainingTexts.ReadAsync(path, sample: 2));
        Assert.Equal(4, (await TrainingTexts.ReadAsync(path, sample: 9)).Count);
    }

    [Fact]
    public async Task QuestionSet_GivesParagraphsWithTwoQuestions_WithoutThoseLeftOut()
    {
        string path = _folder.File("questions.json");
        File.WriteAllText(path, "{\"data\":[{\"title\":\"A\",\"paragraphs\":[" + Paragraph("p0", 3) + "," + Paragraph("p1", 1) + "]},{\"title\":\"B\",\"paragraphs\":[" + Paragraph("p2", 0) + "]}]}");
        string list = _folder.File("list.jsonl");
        File.WriteAllText(list, "{\"title\":\"A\",\"paragraph\":1,\"other\":true}\n{\"title\":\"B\",\"paragraph\":9}\n");

        Assert.Equal(["p0", "p0?0", "p0?1", "p1", "p1?0", "p2"], await TrainingTexts.ReadAsync(path));
        Assert.Equal(["p0", "p0?0", "p0?1", "p2"], await TrainingTexts.ReadAsync(path, without: await TrainingTexts.ReadParagraphListAsync(list)));
    }

    [Fact]
    public async Task DamagedLines_AreNamed()
    {
        string path = _folder.File("texts.jsonl");
        File.WriteAllText(path, "{\"text\":\"one\"}\n{\"body\":\"two\"}\n");

        Assert.Contains("line 2", (await Assert.ThrowsAsync<CorruptException>(() => TrainingTexts.ReadAsync(path))).Message, StringComparison.Ordinal);
        Assert.Contains("line 1", (await Assert.ThrowsAsync<CorruptException>(() => TrainingTexts.ReadParagraphListAsync(path))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnavailableException>(() => TrainingTexts.ReadAsync(_folder.File("missing.jsonl")));
    }

    private static string Paragraph(string text, int questions) =>
        $"{{\"context\":\"{text}\",\"qas\":[{string.Join(',', Enumerable.Range(0, questions).Select(i => $"{{\"id\":\"{text}{i}\",\"question\":\"{text}?{i}\",\"answers\":[]}}"))}]}}";
}
