using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Keys and values in eight bits: near the exact ones, and exact in all that is done with them afterwards.</summary>
public sealed class EightBitCacheTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("llama_gqa")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("gptj")]
    [InlineData("mistral")]
    [InlineData("llama_rope_yarn")]
    public void AppendAll_StaysNearTheExactCache(string name)
    {
        using OnnxDecoderModel model = Load(name);
        using OnnxDecoderModel exact = Load(name, KeyValuePrecision.Single);
        Assert.Equal((KeyValuePrecision.Int8, KeyValuePrecision.Single), (model.KeyValues, exact.KeyValues));
        Assert.Equal(4 * model.Layout.FloatsPerToken, exact.Layout.FloatsPerToken);
        float[] expected = All(exact);
        float[] found = All(model);
        TensorPrimitives.Subtract(found, expected, found);
        float error = TensorPrimitives.Norm<float>(found) / TensorPrimitives.Norm<float>(expected);
        output.WriteLine($"{name}: {error:e1}");
        Assert.InRange(error, 1e-5f, .05f);
    }

    [Theory]
    [InlineData("bloom")]
    [InlineData("gemma2")]
    [InlineData("gpt_oss")]
    [InlineData("mamba2")]
    [InlineData("deepseek_v2")]
    [InlineData("lfm2")]
    public void Load_AttentionThatCannot_IsRefusedByName(string name)
    {
        UnsupportedException e = Assert.Throws<UnsupportedException>(() => Load(name));
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Contains("eight bits", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rewind_Fork_AndPrefixes_ChangeNothing()
    {
        using OnnxDecoderModel model = Load("llama_gqa");
        int[] prompt = [.. Enumerable.Range(0, 300).Select(i => (i * 37) % 400)];
        using IDecoderSession fresh = model.CreateSession();
        fresh.Append(prompt.AsSpan(0, 280));
        float[] expected = fresh.Append(prompt.AsSpan(280)).ToArray();

        using PrefixCache cache = new(1 << 24);
        using CachedSession first = new(model.CreateSession(), null, cache);
        first.Begin(prompt);
        first.Append(prompt.AsSpan(0, 280), CancellationToken.None);
        Assert.Equal(expected, first.Append(prompt.AsSpan(280), CancellationToken.None).ToArray());
        first.Keep();

        using CachedSession second = new(model.CreateSession(), null, cache);
        int kept = second.Begin(prompt);
        Assert.Equal(299, kept);
        float[] last = second.Append(prompt.AsSpan(kept), CancellationToken.None).ToArray();
        fresh.Rewind(299);
        using IDecoderSession fork = fresh.Fork();
        Assert.Equal(last, fresh.Append(prompt.AsSpan(299)).ToArray());
        Assert.Equal(last, fork.Append(prompt.AsSpan(299)).ToArray());
    }

    [Fact]
    public void Read_SavedRows_AreTheSameAndBelongToTheirPrecision()
    {
        using OnnxDecoderModel model = Load("llama_gqa");
        using OnnxDecoderModel exact = Load("llama_gqa", KeyValuePrecision.Single);
        int[] tokens = [.. Enumerable.Range(0, 100).Select(i => (i * 37) % 400)];
        using OnnxDecoderSession session = (OnnxDecoderSession)model.CreateSession();
        session.Append(tokens);
        string path = _cache.File("prefix.safetensors");
        PrefixFileWriter.Write(path, model.Identity(CancellationToken.None), "", tokens, session, CancellationToken.None);
        using (StoredPrefix read = PrefixFileReader.Read(path, model, model.Identity(CancellationToken.None), 1 << 24, CancellationToken.None))
        {
            float[] rows = new float[tokens.Length * model.Layout.FloatsPerToken];
            float[] stored = new float[rows.Length];
            session.ReadRows(0, tokens.Length, rows);
            read.ReadRows(0, tokens.Length, stored);
            Assert.Equal(rows.Select(BitConverter.SingleToInt32Bits), stored.Select(BitConverter.SingleToInt32Bits));
        }

        Assert.Throws<IncompatibleException>(() => PrefixFileReader.Read(path, exact, exact.Identity(CancellationToken.None), 1 << 24, CancellationToken.None));
    }

    [Theory]
    [InlineData(WeightPrecision.Single, KeyValuePrecision.Int8)]
    [InlineData(WeightPrecision.Int8, KeyValuePrecision.Int8)]
    [InlineData(WeightPrecision.Int8, KeyValuePrecision.Single)]
    [InlineData(WeightPrecision.Int8Rows, KeyValuePrecision.Single)]
    public void Sequences_ThatShareSteps_GetWhatEachGetsAlone(WeightPrecision weights, KeyValuePrecision keyValues)
    {
        RuntimeOptions options = new() { Threads = 1, Weights = weights, KeyValues = keyValues, CacheDirectory = _cache.FolderPath };
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa")), options);
        int[] tokens = [.. Enumerable.Range(0, 700).Select(i => (i * 37) % 400)];
        IBatchSession[] batched = [.. Enumerable.Range(0, 3).Select(i => (IBatchSession)model.CreateSession())];
        IDecoderSession[] alone = [.. Enumerable.Range(0, 3).Select(i => model.CreateSession())];
        for (int i = 0; i < batched.Length; i++)
        {
            batched[i].Append(tokens.AsSpan(0, 240 + (100 * i)));
            alone[i].Append(tokens.AsSpan(0, 240 + (100 * i)));
        }

        using (IDecoderBatch batch = batched[0].CreateBatch(new CacheBudget(long.MaxValue)))
        {
            Assert.All(batched, session => Assert.True(batch.TryJoin(session, 3)));
            for (int step = 0; step < 30; step++)
            {
                foreach (IBatchSession session in batched)
                {
                    batch.Place(session, tokens[step]);
                }

                batch.Run();
                for (int i = 0; i < batched.Length; i++)
                {
                    Near(alone[i].Append([tokens[step]]), batch.Logits(batched[i]));
                }
            }
        }

        for (int i = 0; i < batched.Length; i++)
        {
            Near(alone[i].Append(tokens.AsSpan(0, 5)), batched[i].Append(tokens.AsSpan(0, 5)));
            alone[i].Dispose();
            batched[i].Dispose();
        }
    }

    // A value at the edge of two steps of eight bits may fall to either; without what was copied logits differ by more than their size.
    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> given) =>
        Assert.InRange(TensorPrimitives.Distance(expected, given) / TensorPrimitives.Norm(expected), 0, .04f);

    private OnnxDecoderModel Load(string name, KeyValuePrecision keyValues = KeyValuePrecision.Int8) => OnnxDecoderModel.Load(
        ModelFolder.Open(SharedData.Require("fixtures", "models", name)),
        new RuntimeOptions { Threads = 1, Weights = WeightPrecision.Single, KeyValues = keyValues, CacheDirectory = _cache.FolderPath });

    private static float[] All(OnnxDecoderModel model)
    {
        int[] ids = [.. Enumerable.Range(0, 60).Select(i => (i * 91) % 400)];
        float[] logits = new float[ids.Length * model.VocabularySize];
        using IDecoderSession session = model.CreateSession();
        session.AppendAll(ids.AsSpan(0, 40), logits.AsSpan(0, 40 * model.VocabularySize));
        for (int i = 40; i < ids.Length; i++)
        {
            session.AppendAll(ids.AsSpan(i, 1), logits.AsSpan(i * model.VocabularySize, model.VocabularySize));
        }

        return logits;
    }
}
