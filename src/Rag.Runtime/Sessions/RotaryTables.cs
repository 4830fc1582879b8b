using Rag.Models.Networks;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>
/// The rotary tables of a model, shared by its sessions and made on demand for each cache capacity: capacities double,
/// so all tables together take less than twice the largest. Thread-safe.
/// </summary>
internal sealed class RotaryTables(NetworkDescription network, IDecoderMemory memory) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(int Capacity, int Regime), RotaryTable[]> _shared = [];

    /// <summary>Whether the tables of a regime serve many sequences, or one length alone and are not kept.</summary>
    public static bool IsShared(int regime) => regime <= 1;

    /// <summary>One table per rotary setting of the network, for positions below <paramref name="capacity"/>.</summary>
    /// <param name="capacity">Positions.</param>
    /// <param name="regime">See <see cref="NetworkDescription.RotaryRegime"/>. Tables that are not shared are the caller's to dispose.</param>
    public RotaryTable[] For(int capacity, int regime)
    {
        if (!IsShared(regime))
        {
            return Create(capacity, regime);
        }

        lock (_lock)
        {
            if (!_shared.TryGetValue((capacity, regime), out RotaryTable[]? tables))
            {
                _shared.Add((capacity, regime), tables = Create(capacity, regime));
            }

            return tables;
        }
    }

    public void Dispose()
    {
        foreach (RotaryTable table in _shared.Values.SelectMany(tables => tables))
        {
            table.Dispose();
        }
    }

    private RotaryTable[] Create(int capacity, int regime) => [.. network.Ropes.Select(rope => new RotaryTable(rope, capacity, regime, memory))];
}
