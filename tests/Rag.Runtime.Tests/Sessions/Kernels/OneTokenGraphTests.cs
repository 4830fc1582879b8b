using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Architectures;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Kernels;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions.Kernels;

/// <summary>The graph for one token against the one for many, which the fixtures hold to the reference.</summary>
public sealed class OneTokenGraphTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _cache = new();

    /// <summary>The families that have one.</summary>
    public static TheoryData<string> Names
    {
        get
        {
            TheoryData<string> names = ["llama_gqa", "qwen2"];
            foreach (string name in DecoderFixture.Names().Select(row => row.Data).Where(name => name is not ("llama_gqa" or "qwen2") && Fits(name)))
            {
                names.Add(name);
            }

            return names;
        }
    }

    public void Dispose() => _cache.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Append_TokenByToken_EqualsThePromptsGraph(string name)
    {
        // Eight bits without rounded activations: nothing but the order of sums differs.
        using OnnxDecoderModel model = Load(name, WeightPrecision.Int8, oneTokenFrom: 3, roundActivations: false);
        using OnnxDecoderModel plain = Load(name, WeightPrecision.Int8, oneTokenFrom: int.MaxValue, roundActivations: false);
        (float error, float largest) = Compare(model, plain);
        output.WriteLine($"{name}: {error:e1} of {largest:f1}");
        Assert.InRange(error, 1e-12f, 1e-4f * largest);
    }

    [Theory]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    [InlineData(WeightPrecision.Int8Rows)]
    public void Append_RoundedActivations_DiffersByTheirRounding(WeightPrecision precision)
    {
        using OnnxDecoderModel model = Load("qwen2", precision, oneTokenFrom: 3);
        using OnnxDecoderModel plain = Load("qwen2", precision, oneTokenFrom: int.MaxValue);
        (float error, float largest) = Compare(model, plain);
        output.WriteLine($"{precision}: {error:e1} of {largest:f1}");
        Assert.InRange(error, 1e-12f, 3e-2f * largest);
    }

    [Fact]
    public void Rewind_AcrossLengthsAndGraphs_EqualsASessionThatNeverWasLonger()
    {
        using OnnxDecoderModel model = Load("llama_gqa", WeightPrecision.Int8Rows, oneTokenFrom: 20);
        using IDecoderSession session = model.CreateSession();
        session.Append(Tokens(0, 300));
        session.Append([5]);
        session.Rewind(25);
        float[] rewound = [.. session.Append([7]), .. session.Append([8])];
        using IDecoderSession fresh = model.CreateSession();
        fresh.Append(Tokens(0, 25));
        float[] never = [.. fresh.Append([7]), .. fresh.Append([8])];
        Assert.Equal(rewound, never);

        using IDecoderSession fork = fresh.Fork();
        Assert.Equal(fresh.Append([9]).ToArray(), fork.Append([9]).ToArray());
        fork.Rewind(10);
        using IDecoderSession few = model.CreateSession();
        few.Append(Tokens(0, 10));
        Assert.Equal(few.Append([1]).ToArray(), fork.Append([1]).ToArray());
    }

    [Fact]
    public void Append_OneToken_AllocatesNothing()
    {
        using OnnxDecoderModel model = Load("llama_gqa", WeightPrecision.Int8Rows, oneTokenFrom: 1);
        using IDecoderSession session = model.CreateSession();
        session.Append(Tokens(0, 20));
        for (int i = 0; i < 50; i++)
        {
            session.Append([i]);
        }

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                session.Append([i]);
            }
        }));
    }

    [Fact]
    public void Append_CachesThatGrow_KeepTheirRows()
    {
        using OnnxDecoderModel model = Load("llama_gqa", WeightPrecision.Int8, oneTokenFrom: 1, roundActivations: false);
        using OnnxDecoderModel plain = Load("llama_gqa", WeightPrecision.Int8, oneTokenFrom: int.MaxValue, roundActivations: false);
        using IDecoderSession session = model.CreateSession();
        using IDecoderSession other = plain.CreateSession();
        session.Append(Tokens(0, 250));
        other.Append(Tokens(0, 250));
        float error = 0;
        foreach (int token in Tokens(250, 60))
        {
            float[] difference = session.Append([token]).ToArray();
            TensorPrimitives.Subtract(difference, other.Append([token]), difference);
            error = Math.Max(error, Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)));
        }

        Assert.InRange(error, 1e-12f, 1e-3f);
    }

    private static (float Error, float Largest) Compare(OnnxDecoderModel model, OnnxDecoderModel plain)
    {
        using IDecoderSession session = model.CreateSession();
        using IDecoderSession other = plain.CreateSession();
        session.Append(Tokens(0, 8));
        other.Append(Tokens(0, 8));
        (float error, float largest) = (0, 0);
        foreach (int token in Tokens(8, 12))
        {
            float[] expected = other.Append([token]).ToArray();
            float[] difference = session.Append([token]).ToArray();
            TensorPrimitives.Subtract(difference, expected, difference);
            error = Math.Max(error, Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)));
            largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude<float>(expected)));
        }

        return (error, largest);
    }

    private static bool Fits(string name)
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", name));
        using SafetensorsFolder weights = folder.OpenSource();
        return StepAttentionWriter.Fits(ArchitectureCatalog.Describe(folder, weights)) && ModelGraph.Write(folder).Network.Layers[0].Mlp is Rag.Models.Networks.MlpDescription;
    }

    // The choice is read from where it would be remembered, so that nothing is timed.
    private OnnxDecoderModel Load(string name, WeightPrecision precision, int oneTokenFrom, bool roundActivations = true)
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", name));
        RuntimeOptions options = new()
        {
            Threads = 1, Weights = precision, RoundActivations = roundActivations, CacheDirectory = _cache.FolderPath, KernelTimer = new ScriptedKernelTimer(_ => throw new InvalidOperationException("Nothing is to be timed.")),
        };
        KernelShape shape = new DecoderLoader(folder, options, adapters: null, progress: null).Shape()!;
        new KernelChoiceCache(_cache.FolderPath).Keep(KernelChoiceCache.KeyOf(shape), new KernelChoice(WeightPrecision.Int8, oneTokenFrom, 1, 1, 1, 1));
        return OnnxDecoderModel.Load(folder, options);
    }

    private static int[] Tokens(int start, int count) => [.. Enumerable.Range(start, count).Select(i => (i * 37) % 400)];
}
