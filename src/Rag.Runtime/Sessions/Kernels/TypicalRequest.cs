namespace Rag.Runtime.Sessions.Kernels;

/// <summary>
/// The mix of prompt and answer that kernels are chosen for: a question with the passages that bear on it, some 2,000 tokens, and an
/// answer of a paragraph. Whatever is slower for single tokens and faster for prompts is weighed by it.
/// </summary>
internal static class TypicalRequest
{
    public const int PromptTokens = 2000;
    public const int AnswerTokens = 150;

    /// <summary>What it takes.</summary>
    /// <param name="promptPiece">What a piece of the prompt takes.</param>
    /// <param name="pieceTokens">Its tokens.</param>
    /// <param name="answerToken">What a token of the answer takes.</param>
    public static KernelTime Time(KernelTime promptPiece, int pieceTokens, KernelTime answerToken) => ((double)PromptTokens / pieceTokens * promptPiece) + (AnswerTokens * answerToken);
}
