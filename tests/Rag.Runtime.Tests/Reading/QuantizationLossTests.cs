using System.IO.Compression;
using System.Text.Json;
using Rag.Evaluation.Answers;
using Rag.Reading;
using Rag.Runtime.Reading;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Reading;

/// <summary>What quantisation costs the reader that comes along. Runs for minutes, and only when it is asked for.</summary>
public sealed class QuantizationLossTests(ITestOutputHelper output)
{
    private const int Questions = 1000;

    private sealed record Question(string Text, string Passage, string[] Answers);

    [Fact(Explicit = true)]
    public void Answers_of_a_thousand_squad_questions_on_their_own_passage_are_as_good_as_before()
    {
        using SpanReader whole = SpanReader.Load(ReferencePair.Folder, new SpanReaderOptions { WordEmbeddingsFolder = SharedData.Require("models", "all-MiniLM-L6-v2") });
        using SpanReader shipped = ShippedReaderTests.Load();
        Question[] all = [.. Read(SharedData.Require("data", "qa", "squad", "dev-v1.1.json.gz"))];
        (double exactBefore, double exactNow, double before, double now, int same) = (0, 0, 0, 0, 0);
        foreach (Question question in all.Where((_, i) => i % (all.Length / Questions) == 0).Take(Questions))
        {
            SpanReading old = whole.Read(question.Text, [question.Passage], TestContext.Current.CancellationToken)[0]!;
            SpanReading found = shipped.Read(question.Text, [question.Passage], TestContext.Current.CancellationToken)[0]!;
            same += old.Best.Range == found.Best.Range ? 1 : 0;
            (string oldText, string text) = (old.Best.Range.Of(question.Passage).ToString(), found.Best.Range.Of(question.Passage).ToString());
            exactBefore += SquadAnswers.ExactMatch(oldText, question.Answers) / Questions;
            exactNow += SquadAnswers.ExactMatch(text, question.Answers) / Questions;
            before += SquadAnswers.F1(oldText, question.Answers) / Questions;
            now += SquadAnswers.F1(text, question.Answers) / Questions;
        }

        output.WriteLine($"exact {exactBefore:f4} before, {exactNow:f4} now; F1 {before:f4} before, {now:f4} now; {same} of {Questions} spans are the same");
        Assert.InRange(now, before - .01, 1);
    }

    private static IEnumerable<Question> Read(string path)
    {
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(stream);
        foreach (JsonElement paragraph in document.RootElement.GetProperty("data").EnumerateArray().SelectMany(article => article.GetProperty("paragraphs").EnumerateArray()))
        {
            foreach (JsonElement question in paragraph.GetProperty("qas").EnumerateArray())
            {
                yield return new Question(
                    question.GetProperty("question").GetString()!,
                    paragraph.GetProperty("context").GetString()!,
                    [.. question.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("text").GetString()!)]);
            }
        }
    }
}
