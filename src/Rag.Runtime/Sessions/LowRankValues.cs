using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>
/// The values of a graph's inputs for adapters. They are released once their owner and all sessions that have claimed them have
/// disposed them.
/// </summary>
internal sealed class LowRankValues : IDisposable
{
    private readonly List<(string Input, OrtValue Value)> _bound = [];
    private readonly List<OrtValue> _owned = [];
    private readonly Dictionary<long, OrtValue> _emptyDowns = [];
    private OrtValue? _emptyUp;
    private int _claims = 1;

    private readonly IDecoderMemory _memory;

    private LowRankValues(IDecoderMemory memory) => _memory = memory;

    /// <summary>Those that change nothing.</summary>
    public static LowRankValues None(IReadOnlyList<LowRankLayer> layers, IDecoderMemory memory)
    {
        LowRankValues values = new(memory);
        foreach (LowRankLayer layer in layers)
        {
            values.AddNothing(layer);
        }

        return values;
    }

    /// <summary>Those of an adapter.</summary>
    /// <exception cref="IncompatibleException">The adapter does not fit the layers.</exception>
    /// <exception cref="UnsupportedException">It changes something that no layer of the graph stands for.</exception>
    public static LowRankValues Of(LowRankAdapter adapter, IReadOnlyList<LowRankLayer> layers, ModelFolder folder, IDecoderMemory memory)
    {
        HashSet<string> modules = new(adapter.Modules.Keys, StringComparer.Ordinal);
        LowRankValues values = new(memory);
        try
        {
            foreach (LowRankLayer layer in layers)
            {
                if (ModuleNames.Find(modules, layer.Module) is { } module)
                {
                    values.Add(adapter, module, layer, folder);
                    modules.Remove(module);
                }
                else
                {
                    values.AddNothing(layer);
                }
            }

            return modules.Count == 0 ? values : throw Missing(adapter, modules.Order(StringComparer.Ordinal).First(), folder);
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    /// <summary>Claims the values for one more user, who holds them already or knows that somebody does; each disposes them once.</summary>
    public LowRankValues Share()
    {
        Interlocked.Increment(ref _claims);
        return this;
    }

    public void Bind(OrtIoBinding binding)
    {
        foreach ((string input, OrtValue value) in _bound)
        {
            binding.BindInput(input, value);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _claims) > 0)
        {
            return;
        }

        foreach (OrtValue value in _owned)
        {
            value.Dispose();
        }

        _owned.Clear();
    }

    private void Add(LowRankAdapter adapter, string module, LowRankLayer layer, ModelFolder folder)
    {
        LowRankPair pair = adapter.Modules[module];
        if (pair.Inputs != layer.Inputs || pair.Outputs != layer.Outputs)
        {
            throw new IncompatibleException(
                $"The adapter {adapter.FolderPath} holds {pair.Down.Describe()} and {pair.Up.Describe()} for '{module}', which has {layer.Inputs} inputs and {layer.Outputs} outputs in the model {folder.FolderPath}; it belongs to another model.", adapter.FolderPath);
        }

        _bound.Add((layer.Down, Allocate([pair.Rank, pair.Inputs], Finite(adapter, pair.Down))));
        float[] up = Finite(adapter, pair.Up);
        TensorPrimitives.Multiply(up, pair.Scale, up);
        foreach ((string name, WeightRows? rows) in layer.Ups)
        {
            float[] part = rows is null ? up : Take(up, rows);
            _bound.Add((name, Allocate([part.Length / pair.Rank, pair.Rank], part)));
        }
    }

    private void AddNothing(LowRankLayer layer)
    {
        if (layer.IsUsedInParts)
        {
            _bound.Add((layer.Down, Zeros(1, layer.Inputs)));
            _bound.AddRange(layer.Ups.Select(up => (up.Name, Zeros(layer.Outputs / up.Rows!.Units * up.Rows.Count, 1))));
            return;
        }

        if (!_emptyDowns.TryGetValue(layer.Inputs, out OrtValue? down))
        {
            _emptyDowns.Add(layer.Inputs, down = Allocate([0, layer.Inputs], []));
        }

        _emptyUp ??= Allocate([1, 0], []);
        _bound.Add((layer.Down, down));
        _bound.AddRange(layer.Ups.Select(up => (up.Name, _emptyUp)));
    }

    // The same rows as of the fused matrix; see WeightRows.
    private static float[] Take(float[] up, WeightRows rows)
    {
        int rest = up.Length / (rows.Groups * rows.Units);
        float[] part = new float[rows.Groups * rows.Count * rest];
        for (int group = 0; group < rows.Groups; group++)
        {
            up.AsSpan(((group * rows.Units) + rows.Start) * rest, rows.Count * rest).CopyTo(part.AsSpan(group * rows.Count * rest));
        }

        return part;
    }

    private static float[] Finite(LowRankAdapter adapter, TensorInfo tensor)
    {
        float[] values = adapter.Read(tensor);
        return Array.TrueForAll(values, float.IsFinite)
            ? values
            : throw new CorruptException($"{tensor.FilePath}: '{tensor.Name}' holds a value that is not finite.", tensor.FilePath, tensor.Offset);
    }

    private OrtValue Zeros(long rows, long columns) => Allocate([rows, columns], new float[rows * columns]);

    private OrtValue Allocate(long[] shape, ReadOnlySpan<float> values)
    {
        OrtValue value = _memory.Allocate(TensorElementType.Float, shape);
        _owned.Add(value);
        if (!values.IsEmpty)
        {
            _memory.Write(value, TensorElementType.Float, 0, values);
        }

        return value;
    }

    private static RagException Missing(LowRankAdapter adapter, string module, ModelFolder folder)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        string? stored = weights.Names.FirstOrDefault(name => ModuleNames.Find([module], ModuleNames.OfTensor(name)) is not null);
        return stored is null
            ? new IncompatibleException($"The adapter {adapter.FolderPath} changes '{module}', which the model {folder.FolderPath} does not have; it belongs to another model.", adapter.FolderPath)
            : new UnsupportedException(
                $"The adapter {adapter.FolderPath} changes '{module}'. The model {folder.FolderPath} was loaded without a place for that, or computes it as no layer of its own (experts); load it with {nameof(AdapterTargets)}.{nameof(AdapterTargets.Of)} this adapter.", adapter.FolderPath);
    }
}
