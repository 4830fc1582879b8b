using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Adapters against the reference implementation's logits, and the base model beside them.</summary>
public sealed class AdapterFixtureTests(ITestOutputHelper output) : IDisposable
{
    private const float Tolerance = 1e-4f;
    private readonly AdapterFixture _fixture = new("llama_lora");

    public static TheoryData<string> Names => ["", .. AdapterFixture.Names("llama_lora")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_case_gives_the_reference_logits_whole_and_in_pieces(string adapter)
    {
        JsonElement cases = _fixture.Cases(adapter);
        using DecoderAdapter? loaded = _fixture.Load(adapter);
        foreach (JsonElement test in cases.GetProperty("ragged").EnumerateArray().Append(cases.GetProperty("short")))
        {
            int[] ids = DecoderFixture.Ids(test);
            foreach (int piece in (int[])[ids.Length, 7, 1])
            {
                Compare(_fixture.Tensor(test), All(loaded, ids, piece));
            }
        }

        JsonElement longer = cases.GetProperty("long");
        int[] longIds = DecoderFixture.Ids(longer);
        int[] rows = DecoderFixture.Ids(longer, "rows");
        int vocabulary = _fixture.Model.VocabularySize;
        foreach (int piece in (int[])[longIds.Length, 64, 7, 1])
        {
            float[] logits = All(loaded, longIds, piece);
            Compare(_fixture.Tensor(longer), [.. rows.SelectMany(row => logits.AsSpan(row * vocabulary, vocabulary).ToArray())]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Greedy_decoding_with_a_cache_chooses_the_reference_tokens(string adapter)
    {
        using DecoderAdapter? loaded = _fixture.Load(adapter);
        foreach (string name in (string[])["greedy", "continue"])
        {
            JsonElement test = _fixture.Cases(adapter).GetProperty(name);
            int[] prompt = DecoderFixture.Ids(test.TryGetProperty("input_ids", out _) ? test : _fixture.Cases(adapter).GetProperty("long"));
            int[] generated = DecoderFixture.Ids(test, "generated_ids");
            float[] expected = _fixture.Tensor(test);
            float[] margins = _fixture.Tensor(test, "margins");
            using IDecoderSession session = _fixture.Model.CreateSession(loaded);
            ReadOnlySpan<float> logits = session.Append(prompt);
            for (int step = 0; step < generated.Length; step++)
            {
                Compare(expected.AsSpan(step * session.VocabularySize, session.VocabularySize), logits);
                if (margins[step] > Tolerance)
                {
                    Assert.Equal(generated[step], TensorPrimitives.IndexOfMax(logits));
                }

                logits = session.Append([generated[step]]);
            }
        }
    }

    [Fact]
    public void Sessions_with_different_adapters_at_once_give_what_each_gives_alone()
    {
        DecoderAdapter?[] adapters = [.. Names.Select(row => _fixture.Load(row.Data))];
        int[] ids = DecoderFixture.Ids(_fixture.Cases("").GetProperty("long"));
        float[][] alone = [.. adapters.Select(adapter => All(adapter, ids, 9))];
        Assert.All(alone.Skip(1), logits => Assert.NotEqual(alone[0], logits));

        Parallel.For(0, 4 * adapters.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            Assert.Equal(alone[i % adapters.Length], All(adapters[i % adapters.Length], ids, 9)));

        // One session after the other in turns, step by step.
        IDecoderSession[] sessions = [.. adapters.Select(_fixture.Model.CreateSession)];
        Array.ForEach(adapters, adapter => adapter?.Dispose());
        for (int i = 0; i < 40; i++)
        {
            for (int k = 0; k < sessions.Length; k++)
            {
                Compare(alone[k].AsSpan(i * _fixture.Model.VocabularySize, _fixture.Model.VocabularySize), sessions[k].Append([ids[i]]));
            }
        }

        Array.ForEach(sessions, session => session.Dispose());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_loaded_for_one_adapter_alone_gives_the_same(string adapter)
    {
        string[] folders = adapter.Length == 0 ? [] : [Path.Combine(_fixture.FolderPath, adapter)];
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_fixture.FolderPath), new RuntimeOptions { Threads = 1 }, AdapterTargets.Of(folders));
        using DecoderAdapter? loaded = folders.Length == 0 ? null : model.LoadAdapter(folders[0]);
        using IDecoderSession session = model.CreateSession(loaded);
        JsonElement test = _fixture.Cases(adapter).GetProperty("short");
        int[] ids = DecoderFixture.Ids(test);
        float[] logits = new float[ids.Length * session.VocabularySize];
        session.AppendAll(ids, logits);
        Compare(_fixture.Tensor(test), logits);
    }

    [Fact]
    public void An_adapter_for_layers_that_the_model_was_not_loaded_for_is_refused_by_name()
    {
        string[] names = [.. Names.Select(row => row.Data).Where(name => name.Length > 0)];
        string narrow = Path.Combine(_fixture.FolderPath, names.MinBy(name => SafetensorsFile.Open(Path.Combine(_fixture.FolderPath, name, "adapter_model.safetensors")).Tensors.Count)!);
        string wide = Path.Combine(_fixture.FolderPath, names.Single(name => !narrow.EndsWith(Path.DirectorySeparatorChar + name, StringComparison.Ordinal)));
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_fixture.FolderPath), new RuntimeOptions { Threads = 1 }, AdapterTargets.Of(narrow));
        model.LoadAdapter(narrow).Dispose();
        string message = Assert.Throws<UnsupportedException>(() => model.LoadAdapter(wide)).Message;
        Assert.Contains("'model.layers.0.mlp.gate_proj'", message, StringComparison.Ordinal);

        using DecoderAdapter other = _fixture.Load(names[0])!;
        Assert.Throws<ArgumentException>(() => model.CreateSession(other));
    }

    public void Dispose() => _fixture.Dispose();

    private float[] All(DecoderAdapter? adapter, int[] ids, int piece)
    {
        using IDecoderSession session = _fixture.Model.CreateSession(adapter);
        float[] logits = new float[ids.Length * session.VocabularySize];
        for (int start = 0; start < ids.Length; start += piece)
        {
            int count = Math.Min(piece, ids.Length - start);
            session.AppendAll(ids.AsSpan(start, count), logits.AsSpan(start * session.VocabularySize, count * session.VocabularySize));
        }

        return logits;
    }

    private void Compare(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float[] difference = new float[expected.Length];
        TensorPrimitives.Subtract(expected, actual, difference);
        float worst = Math.Abs(TensorPrimitives.MaxMagnitude(difference));
        output.WriteLine($"max difference {worst:e1}");
        Assert.InRange(worst, 0, Tolerance);
    }
}
