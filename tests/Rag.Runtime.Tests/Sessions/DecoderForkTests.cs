using Rag.Models;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Two sequences that begin alike.</summary>
public sealed class DecoderForkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => DecoderFixture.Names();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fork_and_its_origin_go_on_as_if_each_were_alone(string name)
    {
        using DecoderFixture fixture = new(name);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        int[] left = ids[40..52];
        int[] right = [.. ids[60..72].Reverse()];
        using IDecoderSession first = fixture.Model.CreateSession();
        using IDecoderSession second = fixture.Model.CreateSession();
        first.Append(ids.AsSpan(0, 30));
        second.Append(ids.AsSpan(0, 30));
        using IDecoderSession origin = fixture.Model.CreateSession();
        origin.Append(ids.AsSpan(0, 30));
        using IDecoderSession fork = origin.Fork();
        Assert.Equal(30, fork.Length);

        // In turns, so that rows written to a shared buffer would show.
        for (int i = 0; i < left.Length; i++)
        {
            Assert.Equal(first.Append([left[i]]), origin.Append([left[i]]));
            Assert.Equal(second.Append([right[i]]), fork.Append([right[i]]));
        }

        fork.Rewind(20);
        second.Rewind(20);
        Assert.Equal(second.Append(left), fork.Append(left));
        Assert.Equal(first.Append(right), origin.Append(right));
    }

    [Fact]
    public void A_fork_outlives_its_origin_and_the_model()
    {
        TinyLlama.Write(_folder.FolderPath);
        OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        IDecoderSession origin = model.CreateSession();
        origin.Append([1, 2, 3]);
        float[] expected = origin.Append([4]).ToArray();
        origin.Rewind(3);
        model.Dispose();
        using IDecoderSession fork = origin.Fork();
        origin.Dispose();
        Assert.Equal(expected, fork.Append([4]));
        Assert.Throws<ObjectDisposedException>(origin.Fork);
    }

    [Fact]
    public void A_fork_of_nothing_is_an_empty_sequence()
    {
        TinyLlama.Write(_folder.FolderPath);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IDecoderSession origin = model.CreateSession();
        using IDecoderSession fork = origin.Fork();
        Assert.Equal(0, fork.Length);
        Assert.Equal(origin.Append([5, 6]), fork.Append([5, 6]));
    }
}
