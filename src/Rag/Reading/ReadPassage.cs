using Rag.Retrieval;

namespace Rag.Reading;

/// <summary>A retrieved chunk with what the reader made of it.</summary>
/// <param name="Source">Its number, from 1, in the order retrieved.</param>
/// <param name="Retrieved">The chunk.</param>
/// <param name="Reading">The reading; null where there was nothing to read.</param>
/// <param name="Score">Margin and retrieval together; what passages of one question are compared by.</param>
internal sealed record ReadPassage(int Source, RetrievedChunk Retrieved, SpanReading? Reading, double Score);
