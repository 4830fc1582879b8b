using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Rag.Models;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Prompts of different lengths in one step, padded on the right: the graphs take a batch, and padding changes no row.</summary>
public sealed class RaggedBatchTests
{
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Names => DecoderFixture.Names();

    [Theory]
    [MemberData(nameof(Names))]
    public void Prompts_of_different_lengths_in_one_batch_give_the_reference_logits(string name)
    {
        using DecoderFixture fixture = new(name);
        JsonElement[] cases = [.. fixture.Cases.GetProperty("ragged").EnumerateArray()];
        int[][] prompts = [.. cases.Select(test => DecoderFixture.Ids(test))];
        ModelGraph graph = ModelGraph.Write(ModelFolder.Open(fixture.FolderPath));
        Assert.Single(prompts.Select(prompt => graph.Network.RotaryRegime(prompt.Length)).Distinct());

        float[] logits = Run(graph, prompts);
        int vocabulary = graph.Network.VocabularySize;
        int longest = prompts.Max(prompt => prompt.Length);
        for (int i = 0; i < prompts.Length; i++)
        {
            float[] expected = fixture.Tensor(cases[i].GetProperty("logits").GetString()!);
            ReadOnlySpan<float> actual = logits.AsSpan(i * longest * vocabulary, expected.Length);
            float[] difference = new float[expected.Length];
            TensorPrimitives.Subtract(expected, actual, difference);
            Assert.InRange(Math.Abs(TensorPrimitives.MaxMagnitude(difference)), 0, Tolerance);
        }
    }

    private static float[] Run(ModelGraph graph, int[][] prompts)
    {
        int batch = prompts.Length;
        int longest = prompts.Max(prompt => prompt.Length);
        Dictionary<string, OrtValue> inputs = new(StringComparer.Ordinal)
        {
            [GraphNames.InputIds] = Value<long>([.. prompts.SelectMany(prompt => prompt.Select(id => (long)id).Concat(new long[longest - prompt.Length]))], batch, longest),
            [GraphNames.LastIndex] = Value<int>([.. prompts.Select(prompt => prompt.Length - 1)], batch),
            [GraphNames.TotalLength] = Value<int>([longest], 1),
            [GraphNames.PositionIds] = Value<long>([.. prompts.SelectMany(_ => Enumerable.Range(0, longest).Select(i => (long)i))], batch, longest),
            [GraphNames.LogitRows] = Value<long>([.. Enumerable.Range(0, longest).Select(i => (long)i)], longest),
        };
        using RotaryTables tables = new(graph.Network, HostMemory.Single);
        RotaryTable[] rotary = tables.For(longest, graph.Network.RotaryRegime(longest));
        for (int i = 0; i < rotary.Length; i++)
        {
            inputs.Add(GraphNames.Cosine(i), rotary[i].Cosine);
            inputs.Add(GraphNames.Sine(i), rotary[i].Sine);
        }

        for (int layer = 0; layer < graph.Network.Layers.Count; layer++)
        {
            AddCaches(inputs, graph.Network.Layers[layer], layer, batch, longest);
        }

        using SessionOptions settings = SessionSettings.Create(graph, new RuntimeOptions { Threads = 1 }, cuda: false);
        using InferenceSession session = new(graph.Bytes, settings);
        using RunOptions options = new();
        Dictionary<string, OrtValue> wanted = inputs.Where(input => session.InputMetadata.ContainsKey(input.Key)).ToDictionary(StringComparer.Ordinal);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, wanted, [GraphNames.Logits]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static void AddCaches(Dictionary<string, OrtValue> inputs, LayerDescription layer, int index, int batch, int longest)
    {
        if (layer.Cache is { } cache)
        {
            inputs.Add(GraphNames.PastKey(index), Zeros(batch, cache.Heads, longest, cache.Width));
            inputs.Add(GraphNames.PastValue(index), Zeros(batch, cache.Heads, longest, cache.Width));
        }

        for (int i = 0; i < layer.States.Count; i++)
        {
            inputs.Add(GraphNames.PastState(index, i), Zeros([batch, .. layer.States[i]]));
        }
    }

    private static OrtValue Zeros(params long[] shape) => Value(new float[shape.Aggregate(1L, (product, size) => product * size)], shape);

    private static OrtValue Value<T>(T[] values, params long[] shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(values, shape);
}
