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

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                session.Append(token, cancellation.Token);
            }
        }));
    }

    [Fact]
    public void Steps_of_one_token_and_of_several_in_turns_make_no_values_anew()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        int[] tokens = [7, 8, 9, 10, 11];
        for (int i = 0; i < 10; i++)
        {
            Turn();
        }

        long least = Allocations.Least(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                Turn();
            }
        });

        // The binding turns the names of three or four values into bytes each time; a value with what pins it takes several times that.
        Assert.InRange(least / 60, 0, 160);

        void Turn()
        {
            session.Append(tokens.AsSpan(0, 1));
            session.Append(tokens, 5);
            session.Append(tokens.AsSpan(0, 3), 3);
            session.Rewind(0);
        }
    }

    [Fact]
    public void Rows_of_a_width_that_was_used_before_are_those_of_this_step()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        using IDecoderSession fresh = model.CreateSession();
        int[] ids = [.. Enumerable.Range(0, 120).Select(i => (i * 7) % 64)];
        int at = 0;
        foreach (int width in (int[])[1, 3, 1, 5, 3, 17, 1, 3, 66, 1, 5])
        {
            float[] rows = session.Append(ids.AsSpan(at, width), width).ToArray();
            float[] expected = new float[rows.Length];
            fresh.AppendAll(ids.AsSpan(at, width), expected);
            Assert.Equal(expected, rows);
            at += width;
        }
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
