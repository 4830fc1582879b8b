namespace Rag.Runtime.Generation;

/// <summary>A prompt in tokens.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="End">The end of the text that the template itself wrote last: it may have begun the reply's reasoning.</param>
internal sealed record EncodedPrompt(int[] Ids, string End);
