namespace Rag.Runtime.Heads;

/// <summary>Takes what a model gives for one input.</summary>
/// <param name="index">The input's number.</param>
/// <param name="output">[tokens, width], or [width]; valid during the call.</param>
internal delegate void RowReader(int index, ReadOnlySpan<float> output);
