using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Precision;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Generation;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Precision;

/// <summary>What packed weights cost a small trained model.</summary>
public sealed class PrecisionComparisonTests(ITestOutputHelper output) : IDisposable
{
    private const string Story =
        "Once upon a time, there was a little boy named Tim. Tim had a big red ball. He liked to play with his ball in the park. " +
        "One day, Tim and his mom went to the park. The sun was hot and the sky was blue. Tim saw a small dog. The dog was sad. " +
        "\"Why are you sad, little dog?\" Tim asked. The dog said, \"I lost my bone. I can not find it.\" Tim wanted to help the dog. " +
        "They looked under the tree. They looked behind the bench. At last, Tim saw the bone in the grass. The dog was very happy. " +
        "He jumped and ran and played with Tim and the ball. Mom smiled and said, \"You are a good friend, Tim.\" " +
        "From that day on, Tim and the dog played in the park every day. They were the best of friends. " +
        "Lily loved to bake with her grandma. One morning they made a cake with apples. Lily mixed the eggs and the milk in a bowl. " +
        "The bowl fell on the floor and made a big mess. Lily was scared that grandma would be mad. But grandma laughed and gave her a hug.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Measure_AModelAgainstItself_IsNoLoss()
    {
        int[] tokens = Prepare();
        using OnnxDecoderModel model = Load(WeightPrecision.Single);
        PrecisionLoss loss = PrecisionComparison.Measure(model, model, tokens);
        Assert.Equal((0, 1, tokens.Length), (loss.Divergence, loss.TopAgreement, loss.Tokens));
        Assert.Equal(loss.ExactPerplexity, loss.Perplexity);

        // It was trained on stories: far better than one of 512 pieces.
        Assert.InRange(loss.ExactPerplexity, 2, 10);
    }

    [Fact]
    public void Measure_PackedWeights_LoseTheLessTheMoreBitsTheyHave()
    {
        int[] tokens = Prepare();
        using OnnxDecoderModel exact = Load(WeightPrecision.Single);
        (PrecisionLoss eight, PrecisionLoss four) = (Loss(exact, tokens, WeightPrecision.Int8), Loss(exact, tokens, WeightPrecision.Int4));
        Assert.InRange(eight.Divergence, 1e-7, .002);
        Assert.InRange(eight.TopAgreement, .97, 1);
        PrecisionLoss rows = Loss(exact, tokens, WeightPrecision.Int8Rows);
        Assert.InRange(rows.Divergence, 1e-7, .01);
        Assert.InRange(rows.TopAgreement, .95, 1);
        Assert.InRange(four.Divergence, 10 * eight.Divergence, .1);
        Assert.InRange(four.TopAgreement, .8, 1);
    }

    [Fact]
    public void Measure_KeysAndValuesInEightBits_LoseLittle()
    {
        int[] tokens = Prepare();
        using OnnxDecoderModel exact = Load(WeightPrecision.Single);
        using OnnxDecoderModel rounded = OnnxDecoderModel.Load(
            ModelFolder.Open(exact.FolderPath), new RuntimeOptions { Threads = 1, KeyValues = KeyValuePrecision.Int8, CacheDirectory = _folder.FolderPath });
        PrecisionLoss loss = PrecisionComparison.Measure(exact, rounded, tokens);
        output.WriteLine($"{loss}");
        Assert.InRange(loss.Divergence, 1e-7, .005);
        Assert.InRange(loss.TopAgreement, .94, 1);
    }

    [Fact]
    public void Measure_WindowsAndTheirPieces_ReadEveryTokenOnce()
    {
        int[] tokens = Prepare();
        using OnnxDecoderModel exact = Load(WeightPrecision.Single);
        Assert.Equal(100, PrecisionComparison.Measure(exact, exact, tokens, new PrecisionLossOptions { WindowTokens = 7, MaxTokens = 100 }).Tokens);
        Assert.Throws<ArgumentOutOfRangeException>(() => PrecisionComparison.Measure(exact, exact, [1]));
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => PrecisionComparison.Measure(exact, exact, tokens, cancellationToken: cancelled.Token));
    }

    private PrecisionLoss Loss(OnnxDecoderModel exact, int[] tokens, WeightPrecision precision)
    {
        using OnnxDecoderModel packed = Load(precision);
        PrecisionLoss loss = PrecisionComparison.Measure(exact, packed, tokens);
        output.WriteLine($"{precision}: {loss}");
        return loss;
    }

    private int[] Prepare()
    {
        string source = SharedData.Require("data", "models", "stories260K");
        Llama2cModel.Convert(Path.Combine(source, "stories260K.bin"), Path.Combine(source, "tok512.bin"), _folder.FolderPath);
        return [.. Tokenizer.Load(_folder.FolderPath).Encode(Story).Ids];
    }

    private OnnxDecoderModel Load(WeightPrecision precision) =>
        OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1, Weights = precision, CacheDirectory = _folder.File("cache") });
}
