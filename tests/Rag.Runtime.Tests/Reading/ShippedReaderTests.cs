using Rag.Reading;
using Rag.Runtime.Reading;
using Rag.Runtime.Sessions;
using Rag.Starter;

namespace Rag.Runtime.Tests.Reading;

/// <summary>The reader that comes along, quantised, against the readings of the weights it was made from.</summary>
public sealed class ShippedReaderTests(ITestOutputHelper output)
{
    [Fact]
    public void Reader_LiesBesideTheConsumerAndReadsWithTheEmbeddersTokenizer()
    {
        string folder = Assert.IsType<string>(StarterModels.ReaderFolder);
        Assert.True(File.Exists(Path.Combine(folder, "MODEL-CARD.md")));
        Assert.False(File.Exists(Path.Combine(folder, "tokenizer.json")));
        Assert.InRange(new FileInfo(Path.Combine(folder, "model.safetensors")).Length, 1, 18_000_000);

        using SpanReader reader = Load();
        const string passage = "The gallery opened in 1894. Its dome was added by the architect Ada Ferreira eleven years later.";
        const string other = "Mitochondria make most of the energy that a cell uses.";
        IReadOnlyList<SpanReading?> readings = reader.Read("Who added the dome?", [other, passage], TestContext.Current.CancellationToken);
        Assert.Contains("Ada Ferreira", readings[1]!.Best.Range.Of(passage).ToString(), StringComparison.Ordinal);
        Assert.True(readings[1]!.Margin > 0);
        Assert.True(readings[0]!.Margin < 0);
    }

    [Fact]
    public void Reader_WithoutATokenizer_SaysSo() =>
        Assert.Contains("no tokenizer.json", Assert.Throws<UnavailableException>(() => SpanReader.Load(StarterModels.ReaderFolder!)).Message, StringComparison.Ordinal);

    [Fact]
    public void Spans_and_margins_stay_those_of_the_weights_before_quantisation()
    {
        ReferencePair[] pairs = [.. ReferencePair.All()];
        using SpanReader reader = Load();
        (int same, int sameOwn) = (0, 0);
        double[] expected = new double[pairs.Length];
        double[] actual = new double[pairs.Length];
        for (int i = 0; i < pairs.Length; i++)
        {
            SpanReading found = Assert.Single(reader.Read(pairs[i].Question, [pairs[i].Passage], TestContext.Current.CancellationToken))!;
            bool equal = found.Best.Range.Of(pairs[i].Passage).SequenceEqual(pairs[i].Span);
            same += equal ? 1 : 0;
            sameOwn += equal && pairs[i].Answers ? 1 : 0;
            (expected[i], actual[i]) = (pairs[i].Margin, found.Margin);
        }

        int own = pairs.Count(pair => pair.Answers);
        double correlation = Correlation(expected, actual);
        output.WriteLine($"{same} of {pairs.Length} spans are the same, {sameOwn} of {own} where the passage is the question's own; margins correlate {correlation:f4}");

        // Over 2,000 questions 94 % of the spans are the same, and the others as good: see QuantizationLossTests.
        Assert.InRange(sameOwn, .85 * own, own);
        Assert.InRange(same, .85 * pairs.Length, pairs.Length);
        Assert.InRange(correlation, .999, 1);
    }

    internal static SpanReader Load(RuntimeOptions? runtime = null) =>
        SpanReader.Load(StarterModels.ReaderFolder!, new SpanReaderOptions { TokenizerFolder = StarterModels.EmbedderFolder, Runtime = runtime ?? new RuntimeOptions() });

    private static double Correlation(double[] x, double[] y)
    {
        (double meanX, double meanY) = (x.Average(), y.Average());
        double covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return covariance / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
