using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>One kind of objects.</summary>
/// <param name="Names">The properties that are named, in order.</param>
/// <param name="Others">Every other name belongs to at most one of these; to none where it is forbidden.</param>
/// <param name="Min">The fewest properties.</param>
/// <param name="Max">The most properties.</param>
/// <param name="AnyOrder">Whether the named ones come in any order, because several schemas name some; else they come as named and before all others.</param>
internal sealed record ObjectShape(ObjectShape.Property[] Names, ObjectShape.Family[] Others, int Min = 0, int Max = int.MaxValue, bool AnyOrder = false)
{
    /// <summary>The term of a name; null where it is forbidden.</summary>
    public SchemaTerm? TermOf(byte[] key)
    {
        foreach (Property property in Names)
        {
            if (property.Key.AsSpan().SequenceEqual(key))
            {
                return property.Term;
            }
        }

        return Others.FirstOrDefault(family => family.Keys.Next(key) is { CanEnd: true })?.Term;
    }

    public bool Equals(ObjectShape? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>A property with a name.</summary>
    /// <param name="Key">The name as it is written, with its quotes.</param>
    /// <param name="Term">The term of its value.</param>
    /// <param name="Required">Whether it must be there.</param>
    internal sealed record Property(byte[] Key, SchemaTerm Term, bool Required);

    /// <summary>All names of a form.</summary>
    /// <param name="Keys">The names as they are written; those of <see cref="Names"/> do not count.</param>
    /// <param name="Term">The term of their values.</param>
    internal sealed record Family(ByteLanguage Keys, SchemaTerm Term);
}
