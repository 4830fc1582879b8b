namespace Rag.Index.Text;

/// <summary>One chunk that holds a term.</summary>
/// <param name="Chunk">Key of the chunk.</param>
/// <param name="Frequency">How often the term stands in it.</param>
/// <param name="Length">How many terms the chunk has in all.</param>
internal readonly record struct Posting(long Chunk, int Frequency, int Length);
