namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>A production read as far as a dot, begun at a set.</summary>
/// <param name="Production">The production.</param>
/// <param name="Dot">Symbols read.</param>
/// <param name="Origin">Where it began.</param>
internal readonly record struct EarleyItem(Production Production, int Dot, EarleySet Origin)
{
    public bool Equals(EarleyItem other) => ReferenceEquals(Production, other.Production) && Dot == other.Dot && ReferenceEquals(Origin, other.Origin);

    public override int GetHashCode() => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Production), Dot, Origin.Number);
}
