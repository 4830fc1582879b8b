namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>The beginning of a text whose first token's space is no part of it.</summary>
internal sealed class AfterFirstSpace(ConstraintState inner) : ConstraintState
{
    public override bool CanEnd => inner.CanEnd;

    public override ConstraintState? Next(byte value) => value == (byte)' ' ? inner : inner.Next(value);

    public override byte[]? WayToEnd => inner.WayToEnd;

    public override bool TryMark(TokenVocabulary vocabulary, int root, Span<ulong> bits)
    {
        if (!inner.TryMark(vocabulary, root, bits))
        {
            return false;
        }

        if (vocabulary.ChildOf(root, (byte)' ') is > 0 and int space)
        {
            foreach (int id in vocabulary.TokensFrom(space))
            {
                bits[id >> 6] &= ~(1UL << (id & 63));
            }

            foreach (int id in vocabulary.TokensAt(space))
            {
                bits[id >> 6] |= 1UL << (id & 63);
            }

            inner.TryMark(vocabulary, space, bits);
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is AfterFirstSpace other && other.Inner.Equals(inner);

    public override int GetHashCode() => HashCode.Combine(inner, 1);

    private ConstraintState Inner => inner;
}
