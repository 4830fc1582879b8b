namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>The beginning of a text whose first token's space is no part of it.</summary>
internal sealed class AfterFirstSpace(ConstraintState inner) : ConstraintState
{
    public override bool CanEnd => inner.CanEnd;

    public override ConstraintState? Next(byte value) => value == (byte)' ' ? inner : inner.Next(value);

    public override bool Equals(object? obj) => obj is AfterFirstSpace other && other.Inner.Equals(inner);

    public override int GetHashCode() => HashCode.Combine(inner, 1);

    private ConstraintState Inner => inner;
}
