using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Runtime.Precision;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Generation;
using Rag.Runtime.Tests.Sessions.Kernels;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Precision;

/// <summary>Which models are given one scale a row where the choice is left open and rows are faster.</summary>
public sealed class Int8RowsGuardTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Records => Path.Combine(_folder.File("cache"), "rag-packed", "rows-loss");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_ModelWithoutOutliers_TakesRowsWhereTheyAreFaster()
    {
        string model = Stories();
        using (OnnxDecoderModel taken = Load(model))
        {
            output.WriteLine(taken.KernelsNotice!);
            Assert.Equal(WeightPrecision.Int8Rows, taken.Weights);
            Assert.Contains("rows is faster here and taken", taken.KernelsNotice, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("by rows", taken.WeightsNotice, StringComparison.Ordinal);
        }

        using OnnxDecoderModel slow = Load(model, options => options.KernelTimer = ScriptedKernelTimer.Of(1, 1), "other");
        Assert.Equal(WeightPrecision.Int8, slow.Weights);
        Assert.False(Directory.Exists(Path.Combine(_folder.File("other"), "rag-packed", "rows-loss")));
    }

    [Fact]
    public void Load_ModelWithOutliersInItsActivations_KeepsBlocks()
    {
        string model = Stories();
        int[] tokens = [.. Enumerable.Range(0, 40).Select(i => 3 + ((i * 37) % 500))];
        float[] plain = Logits(model, WeightPrecision.Single, tokens);
        PlantOutliers(model);

        // In single precision it is the same model.
        float[] planted = Logits(model, WeightPrecision.Single, tokens);
        TensorPrimitives.Subtract(planted, plain, planted);
        Assert.InRange(Math.Abs(TensorPrimitives.MaxMagnitude<float>(planted)), 0, 1e-3f);

        using OnnxDecoderModel loaded = Load(model);
        output.WriteLine(loaded.KernelsNotice!);
        Assert.Equal(WeightPrecision.Int8, loaded.Weights);
        Assert.Contains("not taken, since on 256 tokens", loaded.KernelsNotice, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Again_MeasuresNothing()
    {
        string model = Stories();
        Load(model).Dispose();
        string record = Assert.Single(Directory.GetFiles(Records));

        // What is there is believed, so that it is seen to be read; the threshold is no part of it.
        File.WriteAllText(record, """{"Divergence":0.5,"Agreement":0.25,"Tokens":256}""");
        using (OnnxDecoderModel second = Load(model))
        {
            Assert.Equal(WeightPrecision.Int8, second.Weights);
            Assert.Contains("by 0.5 nats", second.KernelsNotice, StringComparison.Ordinal);
        }

        using (OnnxDecoderModel third = Load(model, options => options.MaxInt8RowsLoss = .6))
        {
            Assert.Equal(WeightPrecision.Int8Rows, third.Weights);
        }

        foreach (string damaged in new[] { "", "null", """{"Divergence":-1,"Agreement":0.25,"Tokens":256}""", """{"Divergence":0,"Agreement":1}""", """{"Divergence":"x"}""" })
        {
            File.WriteAllText(record, damaged);
            using OnnxDecoderModel again = Load(model);
            Assert.Equal(WeightPrecision.Int8Rows, again.Weights);
            Assert.Contains("256", File.ReadAllText(record), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("limit", "MaxInt8RowsLoss is 0")]
    [InlineData("tokenizer", "has no tokenizer")]
    [InlineData("positions", "too few positions")]
    public void Load_LossThatCannotBeMeasured_KeepsBlocks(string missing, string expected)
    {
        string model = Stories();
        if (missing == "tokenizer")
        {
            File.Delete(Path.Combine(model, "tokenizer.json"));
        }

        using OnnxDecoderModel loaded = Load(model, options =>
        {
            options.MaxInt8RowsLoss = missing == "limit" ? 0 : options.MaxInt8RowsLoss;
            options.MaxPositions = missing == "positions" ? Int8RowsGuard.LeastTokens - 1 : null;
        });
        Assert.Equal(WeightPrecision.Int8, loaded.Weights);
        Assert.Contains(expected, loaded.KernelsNotice, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Records));
    }

    [Fact]
    public void Load_ActivationsThatMustNotBeRounded_KeepsBlocks()
    {
        using OnnxDecoderModel loaded = Load(Stories(), options => options.RoundActivations = false);
        Assert.Equal(WeightPrecision.Int8, loaded.Weights);
    }

    [Fact]
    public void Judge_Cancelled_Ends()
    {
        ModelFolder model = ModelFolder.Open(Stories());
        Assert.ThrowsAny<OperationCanceledException>(() => new Int8RowsGuard(model, new RuntimeOptions { CacheDirectory = _folder.File("cache") }, progress: null).Judge(new CancellationToken(canceled: true)));
        Assert.False(Directory.Exists(Records));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Validate_LossThatIsNone_IsRefusedByName(double loss) =>
        Assert.Contains(nameof(RuntimeOptions.MaxInt8RowsLoss), Assert.Throws<ArgumentException>(() => new RuntimeOptions { MaxInt8RowsLoss = loss }.Validate()).Message, StringComparison.Ordinal);

    private static float[] Logits(string path, WeightPrecision precision, int[] tokens)
    {
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(path), new RuntimeOptions { Threads = 1, Weights = precision });
        using IDecoderSession session = model.CreateSession();
        float[] logits = new float[tokens.Length * model.VocabularySize];
        session.AppendAll(tokens, logits);
        return logits;
    }

    // The norms of a few channels are a hundred times as large, and the columns behind them as much smaller.
    private static void PlantOutliers(string folder)
    {
        const float factor = 100;
        int[] channels = [3, 40];
        string path = Path.Combine(folder, "model.safetensors");
        List<(string, long[], float[])> tensors = [];
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            foreach (TensorInfo tensor in file.Tensors)
            {
                float[] values = file.ReadSingles(tensor);
                bool norm = tensor.Name.EndsWith("layernorm.weight", StringComparison.Ordinal);
                if (norm || new[] { "q_proj", "k_proj", "v_proj", "gate_proj", "up_proj" }.Any(name => tensor.Name.Contains(name, StringComparison.Ordinal)))
                {
                    int columns = (int)tensor.Shape[^1];
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] *= !channels.Contains(i % columns) ? 1 : norm ? factor : 1 / factor;
                    }
                }

                tensors.Add((tensor.Name, [.. tensor.Shape], values));
            }
        }

        Rag.Tests.Support.SafetensorsWriter.Write(path, tensors);
    }

    private string Stories()
    {
        string source = SharedData.Require("data", "models", "stories260K");
        Llama2cModel.Convert(Path.Combine(source, "stories260K.bin"), Path.Combine(source, "tok512.bin"), _folder.File("model"));
        return _folder.File("model");
    }

    private OnnxDecoderModel Load(string path, Action<RuntimeOptions>? change = null, string cache = "cache")
    {
        RuntimeOptions options = new() { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = _folder.File(cache), KernelTimer = ScriptedKernelTimer.Of(3, 1) };
        change?.Invoke(options);
        return OnnxDecoderModel.Load(ModelFolder.Open(path), options);
    }
}
