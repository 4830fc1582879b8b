using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Runtime.Distillation;
using Rag.Runtime.Embedding;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Distillation;

/// <summary>A tiny encoder to a table and back through the embedder.</summary>
public sealed class EmbeddingDistillerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EmbeddingDistillerTests() => TinyEncoder.Write(Encoder);

    private string Encoder => _folder.File("encoder");

    private string Output => _folder.File("table");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Distill_WithoutTexts_GivesTheTokensVectorsCentredAndWeighted()
    {
        DistillationResult result = await DistillAsync([], Output, dimensions: TinyEncoder.Hidden);

        Assert.Equal((TinyEncoder.Vocabulary, TinyEncoder.Hidden, 0), (result.Rows, result.Dimensions, result.Texts));
        Assert.Equal(1, result.KeptVariance, 1e-9);
        Assert.Null(result.FittedCosine);

        // All components kept: the cosine of two tokens is that of their centred vectors, whatever the weights.
        using SentenceEmbedder teacher = SentenceEmbedder.Load(Encoder);
        double[][] means = [.. Enumerable.Range(0, TinyEncoder.Vocabulary).Where(id => id != 1).Select(TokenMean)];
        double[] centre = [.. Enumerable.Range(0, TinyEncoder.Hidden).Select(d => means.Average(mean => mean[d]))];
        using StaticEmbedder table = StaticEmbedder.Load(Output);
        float[][] vectors = [.. (await table.GenerateAsync(TinyEncoder.Words)).Select(vector => vector.Vector.ToArray())];
        for (int i = 1; i < 10; i++)
        {
            double[] a = [.. means[TinyEncoder.FirstWord - 1].Select((value, d) => value - centre[d])];
            double[] b = [.. means[TinyEncoder.FirstWord - 1 + i].Select((value, d) => value - centre[d])];
            Assert.Equal(TensorPrimitives.CosineSimilarity<double>(a, b), TensorPrimitives.CosineSimilarity(vectors[0], vectors[i]), .02);
        }
    }

    [Fact]
    public async Task Distill_WithTexts_ComesCloserToTheTeacherThanWithout()
    {
        string[] texts = TinyEncoder.Texts(400);
        DistillationResult result = await DistillAsync([.. texts, "", "nothing known"], Output);

        Assert.Equal(texts.Length, result.Texts);
        Assert.True(result.TrainedCosine > result.FittedCosine, $"{result.FittedCosine} and {result.TrainedCosine}");
        await DistillAsync([], _folder.File("plain"));
        double plain = await CorrelationAsync(_folder.File("plain"));
        double fitted = await CorrelationAsync(Output);
        Assert.True(fitted > plain + .1 && fitted > .6, $"{plain} and {fitted}; {result}");
    }

    [Fact]
    public async Task Distill_Twice_GivesTheSameFiles()
    {
        await DistillAsync(TinyEncoder.Texts(60), Output, threads: 1);
        await DistillAsync(TinyEncoder.Texts(60), _folder.File("again"), threads: 3);
        foreach (string name in (string[])["embeddings.safetensors", "tokenizer.json"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Output, name)), File.ReadAllBytes(_folder.File("again", name)));
        }
    }

    [Fact]
    public async Task Distill_CancelledWhileItTrains_LeavesNothing()
    {
        using CancellationTokenSource source = new();
        Cancelling progress = new(source);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DistillAsync(TinyEncoder.Texts(60), Output, progress: progress, cancellationToken: source.Token));
        Assert.Equal([Encoder], Directory.GetFileSystemEntries(_folder.FolderPath));
    }

    [Fact]
    public async Task Distill_IntoAFolderThatHoldsSomething_TouchesNothing()
    {
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "mine.txt"), "mine");

        await Assert.ThrowsAsync<UnavailableException>(() => DistillAsync([], Output));
        Assert.Equal([Path.Combine(Output, "mine.txt")], Directory.GetFileSystemEntries(Output));
    }

    [Fact]
    public async Task Distill_AfterAKilledRun_TakesItsPlace()
    {
        Directory.CreateDirectory(Output + ".partial");
        File.WriteAllText(Path.Combine(Output + ".partial", "tokenizer.json"), "half");
        Directory.CreateDirectory(Output);

        await DistillAsync([], Output);
        Assert.True(StaticEmbedder.IsStaticTable(Output));
        Assert.False(Directory.Exists(Output + ".partial"));
    }

    [Fact]
    public async Task Distill_WhereTheUnfinishedFolderIsSomebodysOwn_TouchesNothing()
    {
        Directory.CreateDirectory(Output + ".partial");
        string[] mine = [Path.Combine(Output + ".partial", "mine.txt"), Path.Combine(Output + ".partial", "tokenizer.json")];
        Array.ForEach(mine, path => File.WriteAllText(path, "mine"));

        await Assert.ThrowsAsync<UnavailableException>(() => DistillAsync([], Output));
        Assert.All(mine, path => Assert.Equal("mine", File.ReadAllText(path)));
    }

    [Fact]
    public async Task Faults_are_named()
    {
        Assert.Throws<UnavailableException>(() => EmbeddingDistiller.Load(_folder.File("missing")));
        Assert.Throws<UnsupportedException>(() => EmbeddingDistiller.Load(Encoder, new DistillationOptions { Dimensions = TinyEncoder.Hidden + 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddingDistiller.Load(Encoder, new DistillationOptions { BatchSize = 1 }));
        using EmbeddingDistiller distiller = EmbeddingDistiller.Load(Encoder, new DistillationOptions { Dimensions = 4, MaxTexts = 2 });
        await Assert.ThrowsAsync<LimitExceededException>(() => distiller.DistillAsync(["w1", "w2", "w3"], Output));
        await DistillAsync([], Output);
        Assert.Throws<UnsupportedException>(() => EmbeddingDistiller.Load(Output));
        string file = Path.Combine(Encoder, "tokenizer.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"w59\":65", "\"w59\":66", StringComparison.Ordinal));
        Assert.Throws<IncompatibleException>(() => EmbeddingDistiller.Load(Encoder, new DistillationOptions { Dimensions = 4 }));
    }

    private async Task<DistillationResult> DistillAsync(
        IReadOnlyList<string> texts, string output, int dimensions = 16, int threads = 0, IProgress<DistillationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        DistillationOptions options = new() { Dimensions = dimensions, Epochs = 10, BatchSize = 32, LearningRate = .01f, Runtime = new RuntimeOptions { Threads = threads } };
        using EmbeddingDistiller distiller = EmbeddingDistiller.Load(Encoder, options);
        return await distiller.DistillAsync(texts, output, progress, cancellationToken);
    }

    /// <summary>How well the table's similarities of new texts follow the encoder's.</summary>
    private async Task<double> CorrelationAsync(string path)
    {
        using StaticEmbedder table = StaticEmbedder.Load(path);
        using SentenceEmbedder teacher = SentenceEmbedder.Load(Encoder);
        string[] texts = TinyEncoder.Texts(60, seed: 99);
        double[] found = Similarities(await table.GenerateAsync(texts));
        double[] expected = Similarities(await teacher.GenerateAsync(texts));
        return TensorPrimitives.CosineSimilarity<double>(Centred(found), Centred(expected));
    }

    private static double[] Similarities(GeneratedEmbeddings<Embedding<float>> vectors) =>
        [.. from a in Enumerable.Range(0, vectors.Count) from b in Enumerable.Range(0, a) select (double)TensorPrimitives.Dot(vectors[a].Vector.Span, vectors[b].Vector.Span)];

    private static double[] Centred(double[] values) => [.. values.Select(value => value - values.Average())];

    /// <summary>The mean hidden state of [CLS] token [SEP], in this test's own words.</summary>
    private double[] TokenMean(int id)
    {
        using OnnxEncoder encoder = OnnxEncoder.Load(Rag.Models.ModelFolder.Open(Encoder));
        float[] states = new float[3 * TinyEncoder.Hidden];
        encoder.Run([3, id, 4], [1, 1, 1], 1, 3, states);
        return [.. Enumerable.Range(0, TinyEncoder.Hidden).Select(d => (states[d] + states[TinyEncoder.Hidden + d] + (double)states[(2 * TinyEncoder.Hidden) + d]) / 3)];
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<DistillationProgress>
    {
        public void Report(DistillationProgress value)
        {
            if (value.Stage == DistillationStage.Training)
            {
                source.Cancel();
            }
        }
    }
}
