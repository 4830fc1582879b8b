using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Every family with packed weights against the reference logits, and what is done to packed checkpoints.</summary>
public sealed class PackedWeightTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _cache = new();

    public static TheoryData<string> Names => DecoderFixture.Names();

    public void Dispose() => _cache.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_EightBitWeights_StaysNearTheReference(string name)
    {
        // Matrices in another order, or of other rows, give 1 and more.
        Assert.InRange(Median(name, WeightPrecision.Int8, roundActivations: false), 0, .05);
        Assert.InRange(Median(name, WeightPrecision.Int8, roundActivations: true), 0, .08);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_EightBitRows_StaysNearTheReference(string name) =>
        Assert.InRange(Median(name, WeightPrecision.Int8Rows, roundActivations: true), 1e-4, .1);

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_FourBitWeights_StaysWithinTheirRounding(string name)
    {
        // Random weights are the worst case: there is nothing in them that many values agree on.
        Assert.InRange(Median(name, WeightPrecision.Int4, roundActivations: false), 0, .6);
        Assert.InRange(Median(name, WeightPrecision.Int4, roundActivations: true), 0, .6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_StoredPrecision_EqualsTheReference(string name)
    {
        (float[] reference, float[] logits, _) = Run(name, WeightPrecision.Stored, roundActivations: false);
        TensorPrimitives.Subtract(logits, reference, logits);
        Assert.InRange(Math.Abs(TensorPrimitives.MaxMagnitude(logits)), 0, 1e-4f);
    }

    [Theory]
    [InlineData("llama_gptq_int4", 4)]
    [InlineData("llama_awq_int4", 4)]
    [InlineData("llama_gptq_actorder", 0)]
    public void AppendAll_PackedCheckpointWithRoundedActivations_DiffersByTheirRounding(string name, int bits)
    {
        (float[] reference, float[] logits, int layers) = Run(name, WeightPrecision.Stored, roundActivations: true);

        // Rounding 32 values to steps of 1/127 of the greatest, some 2.3 times the root mean square, leaves 2.3 / 127 / sqrt(12) of it;
        // at most the roundings of all products of the network add up, as independent errors do.
        double each = 2.3 / 127 / Math.Sqrt(12);
        double bound = each * Math.Sqrt((7 * layers) + 1);
        TensorPrimitives.Subtract(logits, reference, logits);
        double found = TensorPrimitives.Norm<float>(logits) / TensorPrimitives.Norm<float>(reference);
        output.WriteLine($"{name}: {found:e2} of the logits' root mean square, bound {bound:e2}");
        Assert.InRange(found, bits == 0 ? 0 : each, bits == 0 ? 1e-5 : bound);
    }

    [Theory]
    [InlineData("llama_gqa", WeightPrecision.Int8)]
    [InlineData("llama_gqa", WeightPrecision.Int4)]
    [InlineData("mixtral", WeightPrecision.Int8)]
    [InlineData("llama_gqa", WeightPrecision.Int8Rows)]
    [InlineData("mixtral", WeightPrecision.Int8Rows)]
    public void AppendAll_InPieces_EqualsTheWhole(string name, WeightPrecision precision)
    {
        // Rounded by blocks of a row: what a row gives depends on no other, and a prefix may come from a cache.
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", name));
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1, Weights = precision, CacheDirectory = _cache.FolderPath });
        int[] ids = [.. Enumerable.Range(0, 40).Select(i => (i * 37) % 512)];
        float[] whole = All(model, ids);
        using IDecoderSession session = model.CreateSession();
        float[] pieces = new float[whole.Length];
        for (int start = 0; start < ids.Length; start += 7)
        {
            int count = Math.Min(7, ids.Length - start);
            session.AppendAll(ids.AsSpan(start, count), pieces.AsSpan(start * model.VocabularySize, count * model.VocabularySize));
        }

        TensorPrimitives.Subtract(pieces, whole, pieces);
        output.WriteLine($"{name} {precision}: {TensorPrimitives.MaxMagnitude<float>(pieces):e1}");
        Assert.InRange(Math.Abs(TensorPrimitives.MaxMagnitude<float>(pieces)), 0, 2e-2f);
    }

    [Fact]
    public void Load_AgainWithoutTheOriginalsBytes_TakesTheCache()
    {
        string copy = Copy("llama_gqa");
        float[] first = Logits(copy, WeightPrecision.Int8);
        List<WeightPackingProgress> reports = [];
        string weights = Path.Combine(copy, "model.safetensors");
        DateTime time = File.GetLastWriteTimeUtc(weights);
        byte[] bytes = File.ReadAllBytes(weights);
        bytes.AsSpan(bytes.Length / 2).Clear();
        File.WriteAllBytes(weights, bytes);
        File.SetLastWriteTimeUtc(weights, time);
        Assert.Equal(first, Logits(copy, WeightPrecision.Int8, reports));
        Assert.Empty(reports);
        File.SetLastWriteTimeUtc(weights, time.AddSeconds(1));
        Assert.NotEqual(first, Logits(copy, WeightPrecision.Int8, reports));
        Assert.NotEmpty(reports);
        Assert.Equal(reports[^1].TotalBytes, reports[^1].Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cut")]
    [InlineData("header")]
    [InlineData("foreign")]
    public void Load_DamagedOrForeignCache_MakesItAnew(string damage)
    {
        string folder = SharedData.Require("fixtures", "models", "llama_gqa");
        float[] first = Logits(folder, WeightPrecision.Int4);
        string file = Assert.Single(Directory.EnumerateFiles(_cache.FolderPath, "model.safetensors", SearchOption.AllDirectories));
        byte[] bytes = File.ReadAllBytes(file);
        switch (damage)
        {
            case "cut":
                File.WriteAllBytes(file, bytes[..^100]);
                break;
            case "header":
                bytes[20] ^= 255;
                File.WriteAllBytes(file, bytes);
                break;
            case "foreign":
                File.Copy(Path.Combine(folder, "model.safetensors"), file, overwrite: true);
                break;
        }

        List<WeightPackingProgress> reports = [];
        Assert.Equal(first, Logits(folder, WeightPrecision.Int4, reports));
        Assert.Equal(damage.Length > 0, reports.Count > 0);
        Assert.Equal(bytes.Length, new FileInfo(file).Length);
    }

    [Fact]
    public async Task Load_SeveralAtOnce_PackOnce()
    {
        string folder = SharedData.Require("fixtures", "models", "llama_gqa");
        List<WeightPackingProgress>[] reports = [.. Enumerable.Range(0, 4).Select(_ => new List<WeightPackingProgress>())];
        float[][] logits = await Task.WhenAll(reports.Select(report => Task.Run(() => Logits(folder, WeightPrecision.Int8, report))));
        Assert.All(logits, one => Assert.Equal(logits[0], one));
        Assert.Single(reports, report => report.Count > 0);
    }

    [Fact]
    public void Load_CancelledWhilePacking_LeavesNothing()
    {
        using CancellationTokenSource source = new();
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        Assert.Throws<OperationCanceledException>(() => OnnxDecoderModel.Load(
            folder, new RuntimeOptions { Weights = WeightPrecision.Int8, CacheDirectory = _cache.FolderPath }, progress: new Stopper(source), cancellationToken: source.Token));
        Assert.Empty(Directory.EnumerateFiles(_cache.FolderPath, "model.*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("llama_gqa")]
    [InlineData("llama_gptq_int4")]
    public void Load_NumbersThatAreNone_IsACorruptModelThatIsNotCached(string name)
    {
        string copy = Copy(name);
        string weights = Path.Combine(copy, "model.safetensors");
        long end;
        using (SafetensorsFile file = SafetensorsFile.Open(weights))
        {
            TensorInfo tensor = file.Tensors.First(found => found.Name.Contains("q_proj", StringComparison.Ordinal) && found.DataType is TensorDataType.Float32 or TensorDataType.Float16);
            end = tensor.Offset + tensor.Length;
        }

        byte[] bytes = File.ReadAllBytes(weights);
        bytes.AsSpan((int)end - 4, 4).Fill(255);
        File.WriteAllBytes(weights, bytes);
        RuntimeOptions options = new() { Weights = WeightPrecision.Auto, CacheDirectory = _cache.FolderPath };
        Assert.Throws<CorruptException>(() => OnnxDecoderModel.Load(ModelFolder.Open(copy), options));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_cache.FolderPath, "rag-packed"), "model.*", SearchOption.AllDirectories));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_HalfPrecision_DiffersByItsRounding(string name)
    {
        double median = Median(name, WeightPrecision.Half, roundActivations: false);
        output.WriteLine($"{name}: {median:e1}");
        Assert.InRange(median, 1e-8, 2e-3);
    }

    [Fact]
    public void Load_WeightsBeyondHalfPrecision_SaysSoByName()
    {
        string copy = Copy("llama_gqa");
        string weights = Path.Combine(copy, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        using (SafetensorsFile file = SafetensorsFile.Open(weights))
        {
            TensorInfo tensor = file.Tensors.First(found => found.Name.Contains("q_proj.weight", StringComparison.Ordinal));
            Assert.Equal(TensorDataType.Float32, tensor.DataType);
            BitConverter.TryWriteBytes(bytes.AsSpan((int)tensor.Offset), 1e6f);
        }

        File.WriteAllBytes(weights, bytes);
        Assert.Contains("q_proj", Assert.Throws<UnsupportedException>(() => Logits(copy, WeightPrecision.Half)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ChoiceLeftOpen_IsEightBits()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = _cache.FolderPath });
        Assert.Equal(WeightPrecision.Int8, model.Weights);
    }

    [Fact]
    public void Load_CacheThatCannotBeWritten_IsAnErrorUnlessTheChoiceWasLeftOpen()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        string file = _cache.File("no-folder");
        File.WriteAllText(file, "");
        Assert.Throws<UnavailableException>(() => OnnxDecoderModel.Load(folder, new RuntimeOptions { Weights = WeightPrecision.Int8, CacheDirectory = file }));
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = file });
        Assert.Equal(WeightPrecision.Single, model.Weights);
        Assert.Contains("f32", model.WeightsNotice, StringComparison.Ordinal);
    }

    private sealed class Stopper(CancellationTokenSource source) : IProgress<WeightPackingProgress>
    {
        public void Report(WeightPackingProgress value) => source.Cancel();
    }

    private sealed class Recorder(List<WeightPackingProgress> reports) : IProgress<WeightPackingProgress>
    {
        public void Report(WeightPackingProgress value) => reports.Add(value);
    }

    // Of the rows, what the root mean square of the difference is to that of the logits: an expert that is chosen instead of
    // another, by a hair, changes a row or two altogether.
    private double Median(string name, WeightPrecision precision, bool roundActivations)
    {
        (float[] reference, float[] logits, _) = Run(name, precision, roundActivations);
        int vocabulary = reference.Length / 24;
        TensorPrimitives.Subtract(logits, reference, logits);
        float[] rows = [.. Enumerable.Range(0, 24).Select(row =>
            TensorPrimitives.Norm<float>(logits.AsSpan(row * vocabulary, vocabulary)) / TensorPrimitives.Norm<float>(reference.AsSpan(row * vocabulary, vocabulary))).Order()];
        output.WriteLine($"{name}: {precision}{(roundActivations ? ", rounded activations" : "")}: {rows[12]:f4}, worst row {rows[^1]:f4}");
        return rows[12];
    }

    private (float[] Reference, float[] Logits, int Layers) Run(string name, WeightPrecision precision, bool roundActivations)
    {
        string folder = SharedData.Require("fixtures", "models", name);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        JsonElement test = expected.RootElement.GetProperty("cases").GetProperty("short");
        float[] reference = tensors.ReadSingles(tensors.Require(test.GetProperty("logits").GetString()!));
        using OnnxDecoderModel model = OnnxDecoderModel.Load(
            ModelFolder.Open(folder), new RuntimeOptions { Threads = 1, Weights = precision, RoundActivations = roundActivations, CacheDirectory = _cache.FolderPath });
        return (reference, All(model, DecoderFixture.Ids(test)), model.Network.Layers.Count);
    }

    private float[] Logits(string folder, WeightPrecision precision, List<WeightPackingProgress>? reports = null)
    {
        using OnnxDecoderModel model = OnnxDecoderModel.Load(
            ModelFolder.Open(folder), new RuntimeOptions { Threads = 1, Weights = precision, CacheDirectory = _cache.FolderPath }, progress: new Recorder(reports ?? []), cancellationToken: CancellationToken.None);
        return All(model, [3, 1, 4, 1, 5]);
    }

    private static float[] All(OnnxDecoderModel model, int[] ids)
    {
        using IDecoderSession session = model.CreateSession();
        float[] logits = new float[ids.Length * session.VocabularySize];
        session.AppendAll(ids, logits);
        return logits;
    }

    private string Copy(string name)
    {
        string copy = _cache.File("copy");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("fixtures", "models", name)))
        {
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        return copy;
    }
}
