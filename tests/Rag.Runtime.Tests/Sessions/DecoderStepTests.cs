using Rag.Models;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>What one step after another costs and leaves behind.</summary>
public sealed class DecoderStepTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_decoding_step_allocates_nothing()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        using CancellationTokenSource cancellation = new();
        session.Append([1, 2, 3], cancellation.Token);
        int[] token = [7];
        for (int i = 0; i < 50; i++)
        {
            session.Append(token, cancellation.Token);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            session.Append(token, cancellation.Token);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_session_serves_the_next_call_after_one_that_was_cancelled()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        using IDecoderSession fresh = model.CreateSession();
        session.Append([1, 2, 3]);
        Assert.Throws<OperationCanceledException>(() => session.Append([4], new CancellationToken(canceled: true)));
        Assert.Equal(3, session.Length);
        fresh.Append([1, 2, 3]);
        float[] logits = new float[session.VocabularySize];
        session.AppendAll([4], logits);
        Assert.Equal(fresh.Append([4]), logits);
    }
}
