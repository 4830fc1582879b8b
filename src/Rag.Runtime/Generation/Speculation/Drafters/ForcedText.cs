using System.Numerics;
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
        if (!IsForced())
        {
            return;
        }

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

    // Whether all tokens that may come begin alike, which the mask tells at once; trying all bytes is dear under a grammar.
    private bool IsForced()
    {
        ReadOnlySpan<ulong> bits = matcher.Mask().Bits;
        int first = -1;
        for (int word = 0; word < bits.Length; word++)
        {
            for (ulong left = bits[word]; left != 0; left &= left - 1)
            {
                ReadOnlySpan<byte> bytes = matcher.Vocabulary.BytesOf((word << 6) + BitOperations.TrailingZeroCount(left));
                if (bytes.IsEmpty || (first >= 0 && bytes[0] != first))
                {
                    return false;
                }

                first = bytes[0];
            }
        }

        return first >= 0;
    }
}
