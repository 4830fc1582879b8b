namespace Rag.Index.Vectors;

/// <summary>A place of a question's sparse vector: the chunks that share it, in order of key, and what it weighs in the question.</summary>
internal readonly record struct WeightedPostings(List<SparsePosting> Postings, float Weight);
