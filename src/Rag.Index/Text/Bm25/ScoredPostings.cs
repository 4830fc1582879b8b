namespace Rag.Index.Text;

/// <summary>One part of a question, a word or a phrase, over the chunks.</summary>
/// <param name="Postings">Where it stands, in order of key.</param>
/// <param name="Weight">Its inverse document frequency, times how often it is asked for.</param>
internal sealed record ScoredPostings(List<Posting> Postings, double Weight);
