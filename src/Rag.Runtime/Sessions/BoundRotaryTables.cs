using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>The rotary tables that one session has bound.</summary>
internal sealed class BoundRotaryTables(RotaryTables source, params OrtIoBinding[] bindings) : IDisposable
{
    private RotaryTable[] _owned = [];
    private int _capacity;

    /// <summary>The regime of the tables; see <see cref="Rag.Models.Networks.NetworkDescription.RotaryRegime"/>.</summary>
    public int Regime { get; private set; }

    /// <summary>Binds the tables for a capacity and a regime, where they are not bound already.</summary>
    public void Bind(int capacity, int regime)
    {
        if (capacity == _capacity && regime == Regime)
        {
            return;
        }

        RotaryTable[] tables = source.For(capacity, regime);
        for (int i = 0; i < tables.Length; i++)
        {
            foreach (OrtIoBinding binding in bindings)
            {
                binding.BindInput(GraphNames.Cosine(i), tables[i].Cosine);
                binding.BindInput(GraphNames.Sine(i), tables[i].Sine);
            }
        }

        Free();
        _owned = RotaryTables.IsShared(regime) ? [] : tables;
        (_capacity, Regime) = (capacity, regime);
    }

    public void Dispose() => Free();

    private void Free()
    {
        foreach (RotaryTable table in _owned)
        {
            table.Dispose();
        }
    }
}
