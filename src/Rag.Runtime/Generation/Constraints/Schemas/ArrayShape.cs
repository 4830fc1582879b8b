namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>One kind of arrays.</summary>
/// <param name="Prefix">The terms of the first items.</param>
/// <param name="Rest">The term of every item behind them.</param>
/// <param name="Min">The fewest items.</param>
/// <param name="Max">The most items.</param>
/// <param name="Contains">The term that some items have to fulfil; null for none.</param>
/// <param name="MinContains">How many items have to.</param>
/// <param name="Unique">Whether no two items may be equal.</param>
internal sealed record ArrayShape(SchemaTerm[] Prefix, SchemaTerm Rest, int Min = 0, int Max = int.MaxValue, SchemaTerm? Contains = null, int MinContains = 0, bool Unique = false)
{
    /// <summary>The term of an item.</summary>
    public SchemaTerm At(int index) => index < Prefix.Length ? Prefix[index] : Rest;

    public bool Equals(ArrayShape? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
