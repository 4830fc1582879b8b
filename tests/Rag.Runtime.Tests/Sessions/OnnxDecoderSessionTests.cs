using Rag.Models;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

public sealed class OnnxDecoderSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(32, 2, 1, false, false)]
    [InlineData(64, 8, 4, false, false)]
    [InlineData(64, 8, 2, true, true)]
    [InlineData(48, 2, 2, false, true)]
    [InlineData(32, 1, 1, true, false)]
    public void Append_EveryHeadSizeTiedOrBiased_EqualsThePlainReference(int hidden, int heads, int keyValueHeads, bool tied, bool biases)
    {
        TinyLlama.Write(_folder.FolderPath, hidden: hidden, heads: heads, keyValueHeads: keyValueHeads, tied: tied, biases: biases);
        int[] ids = Ids(20);
        using ReferenceLlama reference = new(_folder.FolderPath);
        double[][] expected = reference.Logits(ids);
        using OnnxDecoderModel model = Load();
        using IDecoderSession session = model.CreateSession();
        float[] logits = new float[ids.Length * session.VocabularySize];
        session.AppendAll(ids.AsSpan(0, 13), logits.AsSpan(0, 13 * session.VocabularySize));
        session.AppendAll(ids.AsSpan(13), logits.AsSpan(13 * session.VocabularySize));
        Assert.Equal(expected.SelectMany(row => row), logits.Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Append_PastEveryTierOfTheCache_EqualsOnePiece()
    {
        TinyLlama.Write(_folder.FolderPath, keyValueHeads: 2, maxPositions: 1500);
        using OnnxDecoderModel model = Load();
        int[] ids = Ids(1500);
        using IDecoderSession whole = model.CreateSession();
        using IDecoderSession grown = model.CreateSession();
        float[] expected = whole.Append(ids).ToArray();
        for (int start = 0; start < ids.Length; start += 250)
        {
            grown.Append(ids.AsSpan(start, 250));
        }

        grown.Rewind(1499);
        Assert.Equal(expected, grown.Append(ids.AsSpan(1499)).ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(1500, grown.Length);
    }

    [Theory]
    [InlineData(3, 12)]
    [InlineData(16, 17)]
    [InlineData(8, 37)]
    public void Append_SeveralRowsAskedFor_AreTheLastOnesInPiecesToo(int rows, int tokens)
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = Load(new RuntimeOptions { PrefillChunk = 16 });
        int[] ids = Ids(tokens);
        using IDecoderSession all = model.CreateSession();
        float[] expected = new float[tokens * all.VocabularySize];
        all.AppendAll(ids, expected);
        using IDecoderSession session = model.CreateSession();
        float[] given = session.Append(ids, rows).ToArray();
        Assert.Equal(expected[^(rows * session.VocabularySize)..], given, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(tokens, session.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append([1, 2], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append([1, 2], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append(Ids(20), 17));
        Assert.Equal(tokens, session.Length);
    }

    [Fact]
    public void Append_BeyondMaxPositions_IsRefusedAndChangesNothing()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = Load(new RuntimeOptions { MaxPositions = 10 });
        using IDecoderSession session = model.CreateSession();
        session.Append(Ids(8));
        LimitExceededException error = Assert.Throws<LimitExceededException>(() => session.Append(Ids(3)));
        Assert.Equal(("MaxPositions", 10, 11), (error.LimitName, error.Limit, error.Seen));
        Assert.Equal(8, session.Length);
        session.Append(Ids(2));
        Assert.Equal(10, session.Length);
    }

    [Fact]
    public void Append_BadArguments_AreNamed()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = Load();
        using IDecoderSession session = model.CreateSession();
        Assert.Throws<ArgumentException>(() => session.Append([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append([64]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append([-1]));
        Assert.Throws<ArgumentException>(() => session.AppendAll([1], new float[63]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(-1));
        Assert.Equal(0, session.Length);
    }

    [Fact]
    public void Append_CancelledBefore_Throws()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = Load();
        using IDecoderSession session = model.CreateSession();
        Assert.Throws<OperationCanceledException>(() => session.Append([1], new CancellationToken(canceled: true)));
        Assert.Equal(0, session.Length);
    }

    [Fact]
    public async Task Append_CancelledInAStep_EndsItAndLeavesTheSessionExact()
    {
        TinyLlama.Write(_folder.FolderPath, hidden: 256, heads: 4, keyValueHeads: 4, intermediate: 1024, layers: 8, maxPositions: 8192);
        using OnnxDecoderModel model = Load(new RuntimeOptions { Threads = 1, PrefillChunk = 8192 });
        int[] ids = Ids(8192);
        using IDecoderSession session = model.CreateSession();
        session.Append(ids.AsSpan(0, 16));
        using CancellationTokenSource source = new();
        Task<Exception?> step = Task.Run(() => Record.Exception(() => session.Append(ids.AsSpan(16, 8000), source.Token)));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        await source.CancelAsync();
        Exception? error = await step;
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        Assert.Equal(16, session.Length);

        using IDecoderSession fresh = model.CreateSession();
        fresh.Append(ids.AsSpan(0, 16));
        Assert.Equal(fresh.Append(ids.AsSpan(16, 5)), session.Append(ids.AsSpan(16, 5)));
    }

    [Fact]
    public void Sessions_OfOneModelAtTheSameTime_DoNotDisturbEachOther()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = Load();
        float[][] alone = [.. Enumerable.Range(0, 4).Select(n => Decode(model, n))];
        Parallel.For(0, 32, i => Assert.Equal(alone[i % 4], Decode(model, i % 4)));
    }

    [Fact]
    public void Dispose_ModelBeforeItsSessions_LetsThemFinish()
    {
        TinyLlama.Write(_folder.FolderPath);
        OnnxDecoderModel model = Load();
        IDecoderSession session = model.CreateSession();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(model.CreateSession);
        Assert.Equal(session.VocabularySize, session.Append(Ids(400)).Length);
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Append([1]));
    }

    [Fact]
    public void Load_SnapshotOfTheHubCacheBehindALink_FindsItsWeights()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        string snapshot = _folder.File("cache with space", "snapshots", "0123");
        TinyLlama.Write(snapshot);
        Directory.CreateDirectory(_folder.File("cache with space", "blobs"));
        File.Move(Path.Combine(snapshot, "model.safetensors"), _folder.File("cache with space", "blobs", "4567"));
        File.CreateSymbolicLink(Path.Combine(snapshot, "model.safetensors"), "../../blobs/4567");
        File.CreateSymbolicLink(_folder.File("모델"), snapshot);
        foreach (string folder in (string[])[snapshot, _folder.File("모델", ".")])
        {
            using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder), new RuntimeOptions { Threads = 1 });
            using IDecoderSession session = model.CreateSession();
            Assert.Equal(64, session.Append([1, 2, 3]).Length);
        }
    }

    [Fact]
    public void Load_Encoder_SaysThatItIsOne()
    {
        string folder = SharedData.Require("fixtures", "encoders", "bert");
        Assert.Contains("cannot generate", Assert.Throws<UnsupportedException>(() => OnnxDecoderModel.Load(ModelFolder.Open(folder))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CudaThatCannotBeHad_FallsBackWithASentence()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "This machine has a card for CUDA.");
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = Load(new RuntimeOptions { Device = "cuda" });
        Assert.Contains("the CPU is used instead", model.DeviceNotice, StringComparison.Ordinal);
        using OnnxDecoderModel quiet = Load(new RuntimeOptions { Device = "auto" });
        Assert.Null(quiet.DeviceNotice);
    }

    [Fact]
    public void Validate_OptionsOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new RuntimeOptions { Device = "tpu" }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RuntimeOptions { Threads = -1 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RuntimeOptions { PrefillChunk = -1 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RuntimeOptions { MaxPositions = 0 }.Validate());
    }

    public void Dispose() => _folder.Dispose();

    private static int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => ((i * i) + (3 * i) + 5) % 64)];

    private static float[] Decode(OnnxDecoderModel model, int start)
    {
        using IDecoderSession session = model.CreateSession();
        session.Append(Ids(5 + start));
        for (int i = 0; i < 10; i++)
        {
            session.Append([start + i]);
        }

        return session.Append([start]).ToArray();
    }

    private OnnxDecoderModel Load(RuntimeOptions? options = null) => OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), options ?? new RuntimeOptions { Threads = 1 });
}
