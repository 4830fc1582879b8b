namespace Rag.Runtime.Generation.Spans;

/// <summary>What a source is from one place on, in tokens.</summary>
/// <param name="Source">The source's number.</param>
/// <param name="Start">The first character.</param>
/// <param name="Ids">The tokens.</param>
/// <param name="Ends">For each token the character behind it where a span may end with it; else -1.</param>
internal sealed record SpanSequence(int Source, int Start, int[] Ids, int[] Ends) : IComparable<SpanSequence>
{
    // Such that those with equal beginnings stand together, and those that end there before those that go on.
    public int CompareTo(SpanSequence? other)
    {
        if (other is null)
        {
            return 1;
        }

        int order = Ids.AsSpan().SequenceCompareTo(other.Ids);
        order = order != 0 ? order : Source.CompareTo(other.Source);
        return order != 0 ? order : Start.CompareTo(other.Start);
    }
}
