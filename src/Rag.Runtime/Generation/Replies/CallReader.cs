namespace Rag.Runtime.Generation.Replies;

/// <summary>Reads calls out of a block. What it says is a model's: it is checked, never trusted.</summary>
/// <param name="text">What stands between the block's start and end.</param>
/// <param name="tools">The tools that were offered.</param>
/// <returns>The calls in order; null where the text is not wholly calls of tools that were offered.</returns>
internal delegate IReadOnlyList<ToolCall>? CallReader(string text, ToolSet tools);
