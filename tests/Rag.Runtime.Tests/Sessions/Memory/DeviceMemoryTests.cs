using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions.Memory;

/// <summary>
/// Sessions over memory that no span reaches, in half precision: what they do on a device, with the processor as the device. Where two of
/// them did the same, their logits are the same to the last bit.
/// </summary>
public sealed class DeviceMemoryTests : IDisposable
{
    private const float Tolerance = .005f;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => DecoderFixture.Names();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Sessions_of_every_family_give_the_reference_logits_within_the_rounding_of_half(string name)
    {
        using DecoderFixture fixture = new(name);
        using OnnxDecoderModel model = Load(fixture.FolderPath);
        using IDecoderSession session = model.CreateSession();
        JsonElement test = fixture.Cases.GetProperty("short");
        int[] ids = DecoderFixture.Ids(test);
        float[] expected = fixture.Tensor(test.GetProperty("logits").GetString()!);
        float[] logits = new float[expected.Length];
        session.AppendAll([.. ids.Reverse()], logits);
        session.Rewind(0);
        session.AppendAll(ids, logits);
        float[] errors = [.. expected.Chunk(model.VocabularySize).Zip(logits.Chunk(model.VocabularySize), (a, b) => TensorPrimitives.Distance<float>(a, b) / TensorPrimitives.Norm<float>(a)).Order()];
        Assert.InRange(errors[errors.Length / 4], 1e-6f, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_kept_moves_between_sessions_to_the_last_bit(string name)
    {
        using DecoderFixture fixture = new(name);
        using OnnxDecoderModel model = Load(fixture.FolderPath);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        OnnxDecoderSession Session(int tokens)
        {
            OnnxDecoderSession session = (OnnxDecoderSession)model.CreateSession();
            session.Append(ids.AsSpan(0, tokens));
            return session;
        }

        using OnnxDecoderSession origin = Session(30);
        using OnnxDecoderSession alone = Session(30);
        using IDecoderSession fork = origin.Fork();
        using OnnxDecoderSession restored = (OnnxDecoderSession)model.CreateSession();
        using CacheBuffer rows = CacheBuffer.Allocate(30 * model.Layout.FloatsPerToken);
        using CacheBuffer state = CacheBuffer.Allocate(model.Layout.StateFloats);
        origin.ReadRows(0, 30, rows.Values);
        origin.ReadState(state.Values);
        restored.Restore(ids.AsSpan(0, 30), 0, origin.Regime, [(rows, 30)], model.Layout.StateFloats > 0 ? state : null);
        for (int i = 30; i < 36; i++)
        {
            float[] expected = alone.Append([ids[i]]).ToArray();
            Assert.Equal(expected, origin.Append([ids[i]]));
            Assert.Equal(expected, fork.Append([ids[i]]));
            Assert.Equal(expected, restored.Append([ids[i]]));
        }
    }

    [Fact]
    public void A_cache_that_grows_and_rows_that_join_a_batch_keep_what_they_hold()
    {
        TinyLlama.Write(_folder.FolderPath, keyValueHeads: 2, maxPositions: 1500);
        using OnnxDecoderModel model = Load(_folder.FolderPath);
        int[] ids = [.. Enumerable.Range(0, 700).Select(i => ((i * i) + (3 * i) + 5) % 64)];
        using IDecoderSession whole = model.CreateSession();
        using IBatchSession first = (IBatchSession)model.CreateSession();
        using IBatchSession second = (IBatchSession)model.CreateSession();
        whole.Append(ids);
        foreach (int start in (int[])[0, 200, 400, 600])
        {
            first.Append(ids.AsSpan(start, Math.Min(200, ids.Length - start)));
        }

        second.Append(ids.AsSpan(0, 250));
        using IDecoderSession other = second.Fork();
        using (IDecoderBatch batch = first.CreateBatch(new CacheBudget(long.MaxValue)))
        {
            Assert.True(batch.TryJoin(first, 2));
            Assert.True(batch.TryJoin(second, 2));
            for (int i = 0; i < 10; i++)
            {
                batch.Place(first, i);
                batch.Place(second, 2 * i);
                batch.Run();
                Near(whole.Append([i]), batch.Logits(first));
                Near(other.Append([2 * i]), batch.Logits(second));
            }
        }

        Near(whole.Append([5]), first.Append([5]));
        Near(other.Append([6]), second.Append([6]));
    }

    [Fact]
    public void Adapters_and_packed_weights_run_in_half_precision()
    {
        string path = SharedData.Require("fixtures", "models", "llama_lora");
        string adapter = Directory.EnumerateFiles(path, "adapter_config.json", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal).First();
        RuntimeOptions options = new() { Threads = 1, Weights = WeightPrecision.Int8, RoundActivations = false, CacheDirectory = _folder.FolderPath };
        using OnnxDecoderModel single = OnnxDecoderModel.Load(ModelFolder.Open(path), options, AdapterTargets.All);
        using OnnxDecoderModel half = OnnxDecoderModel.LoadAsDevice(ModelFolder.Open(path), options, AdapterTargets.All);
        using DecoderAdapter singleAdapter = single.LoadAdapter(adapter);
        using DecoderAdapter halfAdapter = half.LoadAdapter(adapter);
        using IDecoderSession expected = single.CreateSession(singleAdapter);
        using IDecoderSession given = half.CreateSession(halfAdapter);
        using IDecoderSession without = half.CreateSession();
        int[] ids = [1, 5, 9, 13, 2, 7];
        float[] logits = given.Append(ids).ToArray();
        Near(expected.Append(ids), logits);
        Assert.True(TensorPrimitives.Distance(without.Append(ids), logits) > 10 * Tolerance * TensorPrimitives.Norm<float>(logits));
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> given) =>
        Assert.InRange(TensorPrimitives.Distance(expected, given) / TensorPrimitives.Norm(expected), 0, Tolerance);

    private static OnnxDecoderModel Load(string folder) => OnnxDecoderModel.LoadAsDevice(ModelFolder.Open(folder), new RuntimeOptions { Threads = 1 });
}
