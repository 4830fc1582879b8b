using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Memory;
using Rag.Tests.Support;
using Half = System.Half;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>
/// Graphs in half precision, which CUDA's kernels want. The processor runs them too, with casts that ONNX Runtime puts in: loading
/// one checks the types of every value, and its logits show that nothing is lost beyond the rounding.
/// </summary>
public sealed class HalfGraphTests(ITestOutputHelper output) : IDisposable
{
    // Half precision has 11 bits; errors of some layers add up.
    private const float Tolerance = .005f;

    private readonly TemporaryFolder _cache = new();

    public static TheoryData<string> Names => DecoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_graph_in_half_precision_gives_the_reference_logits_within_its_rounding(string name)
    {
        using DecoderFixture fixture = new(name);
        ModelGraph graph = ModelGraph.Write(ModelFolder.Open(fixture.FolderPath), half: true);
        JsonElement test = fixture.Cases.GetProperty("short");
        float[] expected = fixture.Tensor(test.GetProperty("logits").GetString()!);
        float[] logits = Run(graph, DecoderFixture.Ids(test));
        float error = Error(expected, logits, graph.Network.VocabularySize);
        output.WriteLine($"{error:e1}");
        Assert.InRange(error, 1e-6f, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Packed_weights_and_room_for_adapters_give_what_they_give_in_single_precision_within_the_rounding_of_half(string name)
    {
        using DecoderFixture fixture = new(name);
        ModelFolder folder = ModelFolder.Open(fixture.FolderPath);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("short"));
        bool routes = fixture.Model.Network.Layers.Any(layer => layer.Mlp is MoeDescription);
        foreach (WeightPrecision precision in (WeightPrecision[])[WeightPrecision.Int8, WeightPrecision.Int4, WeightPrecision.Half])
        {
            if (routes && precision == WeightPrecision.Int4)
            {
                // Random weights in four bits leave a router nothing but ties.
                continue;
            }

            PackingOptions packing = new(precision, RoundActivations: false, _cache.FolderPath);
            float[] expected = Run(ModelGraph.WritePacked(folder, packing, AdapterTargets.All), ids);
            float[] logits = Run(ModelGraph.WritePacked(folder, packing, AdapterTargets.All, half: true), ids);
            float error = Error(expected, logits, fixture.Model.VocabularySize);
            output.WriteLine($"{precision} {error:e1}");
            Assert.InRange(error, 1e-6f, Tolerance);
        }
    }

    public void Dispose() => _cache.Dispose();

    // A router that wavers between two experts may turn for a token, which those behind it see: so not of the worst.
    private static float Error(float[] expected, float[] logits, int vocabulary)
    {
        float[] errors = [.. expected.Chunk(vocabulary).Zip(logits.Chunk(vocabulary), (a, b) => TensorPrimitives.Distance<float>(a, b) / TensorPrimitives.Norm<float>(a)).Order()];
        return errors[errors.Length / 4];
    }

    private static float[] Run(ModelGraph graph, int[] ids)
    {
        using SessionOptions settings = SessionSettings.Create(graph, new RuntimeOptions { Threads = 1 }, cuda: false);
        using InferenceSession session = new(graph.Bytes, settings);
        using RotaryTables rotary = new(graph.Network, HostMemory.Single);
        RotaryTable[] tables = rotary.For(ids.Length, graph.Network.RotaryRegime(ids.Length));
        using LowRankValues adapter = LowRankValues.None(graph.Adaptable, HostMemory.Single);
        using OrtIoBinding binding = session.CreateIoBinding();
        adapter.Bind(binding);
        Dictionary<string, OrtValue> inputs = session.InputMetadata.Where(input => !input.Key.StartsWith("adapter_", StringComparison.Ordinal))
            .ToDictionary(input => input.Key, input => Input(input.Key, input.Value, ids, tables));
        try
        {
            foreach ((string name, OrtValue value) in inputs)
            {
                binding.BindInput(name, value);
            }

            binding.BindOutputToDevice(GraphNames.Logits, OrtMemoryInfo.DefaultInstance);
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.RunWithBoundResults(options, binding);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
            {
                value.Dispose();
            }
        }
    }

    private static OrtValue Input(string name, NodeMetadata metadata, int[] ids, RotaryTable[] tables)
    {
        long[] places = [.. Enumerable.Range(0, ids.Length).Select(i => (long)i)];
        string[] parts = name.Split('.');
        return parts[0] switch
        {
            GraphNames.InputIds => Value(ids.Select(id => (long)id).ToArray(), 1, ids.Length),
            GraphNames.PositionIds => Value(places, 1, ids.Length),
            GraphNames.LogitRows => Value(places, ids.Length),
            GraphNames.LastIndex => Value(new[] { ids.Length - 1 }, 1),
            GraphNames.TotalLength => Value(new[] { ids.Length }, 1),
            "cosine" => Table(tables[int.Parse(parts[1], CultureInfo.InvariantCulture)].Cosine, metadata),
            "sine" => Table(tables[int.Parse(parts[1], CultureInfo.InvariantCulture)].Sine, metadata),
            _ => Empty(metadata, ids.Length),
        };
    }

    // What is kept of no tokens yet: [1, heads, capacity, width], or a state.
    private static OrtValue Empty(NodeMetadata metadata, int capacity)
    {
        int[] given = metadata.Dimensions;
        long[] shape = [.. given.Select((size, i) => i == 0 ? 1L : size < 0 ? capacity : size)];
        return metadata.ElementDataType == TensorElementType.Float16
            ? Value(new Half[shape.Aggregate(1L, (a, b) => a * b)], shape)
            : Value(new float[shape.Aggregate(1L, (a, b) => a * b)], shape);
    }

    private static OrtValue Table(OrtValue table, NodeMetadata metadata)
    {
        ReadOnlySpan<float> singles = table.GetTensorDataAsSpan<float>();
        if (metadata.ElementDataType == TensorElementType.Float)
        {
            return Value(singles.ToArray(), table.GetTensorTypeAndShape().Shape);
        }

        Half[] halves = new Half[singles.Length];
        TensorPrimitives.ConvertToHalf(singles, halves);
        return Value(halves, table.GetTensorTypeAndShape().Shape);
    }

    private static OrtValue Value<T>(T[] values, params long[] shape)
        where T : unmanaged => values is Half[] halves
            ? OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Array.ConvertAll(halves, half => new Float16(BitConverter.HalfToUInt16Bits(half))).AsMemory(), shape)
            : OrtValue.CreateTensorValueFromMemory(values, shape);
}
