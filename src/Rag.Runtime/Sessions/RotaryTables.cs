using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>
/// The rotary tables of a model, shared by its sessions and made on demand for each cache capacity: capacities double,
/// so all tables together take less than twice the largest. Thread-safe.
/// </summary>
internal sealed class RotaryTables(IReadOnlyList<RopeDescription> ropes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, RotaryTable[]> _byCapacity = [];

    /// <summary>One table per rotary setting of the network, for positions below <paramref name="capacity"/>.</summary>
    public IReadOnlyList<RotaryTable> For(int capacity)
    {
        lock (_lock)
        {
            if (!_byCapacity.TryGetValue(capacity, out RotaryTable[]? tables))
            {
                _byCapacity.Add(capacity, tables = [.. ropes.Select(rope => new RotaryTable(rope, capacity))]);
            }

            return tables;
        }
    }

    public void Dispose()
    {
        foreach (RotaryTable table in _byCapacity.Values.SelectMany(tables => tables))
        {
            table.Dispose();
        }
    }
}
