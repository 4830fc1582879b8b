namespace Rag.Index.Text;

/// <summary>Postings of one term in order of key, with the positions of all of them one after another.</summary>
internal sealed class PostingsList
{
    /// <summary>The postings.</summary>
    public List<Posting> Postings { get; } = [];

    /// <summary>Positions, as many for each posting as its frequency.</summary>
    public List<int> Positions { get; } = [];

    public void Add(Posting posting, ReadOnlySpan<int> positions)
    {
        Postings.Add(posting);
        Positions.AddRange(positions);
    }

    public void AddRange(PostingsList others)
    {
        Postings.AddRange(others.Postings);
        Positions.AddRange(others.Positions);
    }

    public void Clear()
    {
        Postings.Clear();
        Positions.Clear();
    }

    /// <summary>Appends the postings whose chunks are among the given ones, which ascend; what is left of these lies above this list.</summary>
    public void CopyTo(PostingsList found, ref ReadOnlySpan<long> chunks)
    {
        int position = 0;
        foreach (Posting posting in Postings)
        {
            while (!chunks.IsEmpty && chunks[0] < posting.Chunk)
            {
                chunks = chunks[1..];
            }

            if (!chunks.IsEmpty && chunks[0] == posting.Chunk)
            {
                found.Add(posting, PositionCodec.Span(Positions).Slice(position, posting.Frequency));
            }

            position += posting.Frequency;
        }
    }

    /// <summary>Takes out the postings of some chunks.</summary>
    /// <returns>How many there were.</returns>
    public int Remove(HashSet<long> chunks)
    {
        int kept = 0, keptPositions = 0, position = 0;
        for (int i = 0; i < Postings.Count; i++)
        {
            Posting posting = Postings[i];
            if (!chunks.Contains(posting.Chunk))
            {
                Postings[kept++] = posting;
                for (int p = 0; p < posting.Frequency; p++)
                {
                    Positions[keptPositions++] = Positions[position + p];
                }
            }

            position += posting.Frequency;
        }

        int removed = Postings.Count - kept;
        Postings.RemoveRange(kept, removed);
        Positions.RemoveRange(keptPositions, Positions.Count - keptPositions);
        return removed;
    }
}
