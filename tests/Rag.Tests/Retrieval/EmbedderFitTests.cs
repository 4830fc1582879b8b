using Microsoft.Extensions.AI;
using Rag.Evaluation.Datasets;
using Rag.Retrieval;
using Rag.Runtime.Embedding;
using Rag.Tests.Fakes;
using Rag.Tests.Support;

namespace Rag.Tests.Retrieval;

public sealed class EmbedderFitTests
{
    [Theory]
    [InlineData("squad", "SQuAD-v1.1-dev.json", false)]
    [InlineData("korquad", "KorQuAD_v1.0_dev.json", true)]
    public async Task An_English_embedder_is_fit_for_English_and_poor_for_Korean(string folder, string file, bool isPoor)
    {
        string path = Directory.EnumerateFiles(SharedData.Require("data", "qa", folder)).First(name => name.Contains("dev", StringComparison.OrdinalIgnoreCase));
        using IEmbeddingGenerator<string, Embedding<float>> embedder = await EmbeddingModel.LoadAsync(SharedData.Require("models", "starter-embedder"));
        List<string> texts = [];
        await foreach (QuestionParagraph paragraph in SquadDataset.ReadAsync(path))
        {
            texts.Add(paragraph.Text);
        }

        string[] sample = [.. texts.Where((_, i) => i % 3 == 0).Take(300)];
        FakeIndex index = await FillAsync(sample, [.. (await embedder.GenerateAsync(sample)).Select(vector => vector.Vector.ToArray())]);
        EmbedderFit fit = await EmbedderFit.MeasureAsync(index, embedder);
        TestContext.Current.TestOutputHelper?.WriteLine($"{file}: {fit}");
        Assert.True(fit.IsPoor == isPoor, fit.ToString());
        Assert.Equal(60, fit.Queries);
        Assert.Equal(fit, await EmbedderFit.MeasureAsync(index, embedder));
    }

    [Fact]
    public async Task An_embedder_that_gives_noise_is_poor_and_one_that_counts_letters_is_not()
    {
        Random random = new(3);
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => string.Join(' ', Enumerable.Range(0, 4).Select(_ => Sentence(random, i))))];
        FakeEmbedder letters = new();
        FakeIndex index = await FillAsync(texts, [.. texts.Select(FakeEmbedder.Letters)]);
        EmbedderFit fit = await EmbedderFit.MeasureAsync(index, letters);
        Assert.False(fit.IsPoor, fit.ToString());

        float[] Noise(string text)
        {
            Random noise = new(text.Length + text[0] + text[^2]);
            return [.. Enumerable.Range(0, 26).Select(_ => noise.NextSingle() - .5f)];
        }

        fit = await EmbedderFit.MeasureAsync(await FillAsync(texts, [.. texts.Select(Noise)]), new FakeEmbedder(Noise));
        Assert.True(fit.IsPoor, fit.ToString());
    }

    [Fact]
    public async Task Too_few_passages_tell_nothing()
    {
        FakeIndex index = await FillAsync(["One sentence stands here. And another one after it."], [FakeEmbedder.Letters("a")]);
        EmbedderFit fit = await EmbedderFit.MeasureAsync(index, new FakeEmbedder());
        Assert.Equal((0, false), (fit.Queries, fit.IsPoor));
        Assert.Equal(new EmbedderFit(0, 0, 0), await EmbedderFit.MeasureAsync(new FakeIndex(), new FakeEmbedder()));
    }

    // A text is about a few words, each of one letter.
    private static string Sentence(Random random, int topic) =>
        $"The {string.Join(' ', Enumerable.Range(0, 8).Select(_ => new string((char)('b' + (((topic * 7) + random.Next(4)) % 25)), 4 + (topic % 5))))}.";

    private static async Task<FakeIndex> FillAsync(string[] texts, float[][] vectors)
    {
        FakeIndex index = new();
        await index.AddAsync([.. texts.Select((text, i) => ($"{i:D4}", text, (float[]?)vectors[i]))]);
        return index;
    }
}
