using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>
/// Guesses the text that a constraint forces, in the longest tokens that it has: the text is certain, the tokens are the model's to
/// choose. Where one token alone is possible, none is guessed: it is chosen without a step.
/// </summary>
internal sealed class ForcedText(TokenMatcher matcher) : IDrafter
{
    private const int MostBytes = 256;

    public void Guess(ReadOnlySpan<int> sequence, Draft draft)
    {
        Span<byte> buffer = stackalloc byte[MostBytes];
        ReadOnlySpan<byte> forced = buffer[..matcher.ForcedBytes(buffer)];
        while (!forced.IsEmpty && !draft.IsFull)
        {
            int token = matcher.Vocabulary.Longest(forced, out int length);
            if (token < 0)
            {
                return;
            }

            draft.Add(token, length < forced.Length ? DraftLevel.Forced : DraftLevel.ForcedEnd);
            forced = forced[length..];
        }
    }
}
