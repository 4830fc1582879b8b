using System.Text;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Tests.Generation.Constraints;

/// <summary>Small vocabularies for masks: every byte, and pieces of the texts that a test is about.</summary>
internal static class Vocabularies
{
    public const int End = 256;

    /// <summary>Every byte by its own id, the end at 256, then all substrings of up to five bytes of the texts.</summary>
    public static TokenVocabulary Of(params IEnumerable<string> texts)
    {
        List<byte[]?> bytes = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }), null];
        HashSet<string> seen = [];
        foreach (byte[] text in texts.Select(Encoding.UTF8.GetBytes))
        {
            for (int start = 0; start < text.Length; start++)
            {
                for (int length = 2; length <= 5 && start + length <= text.Length && bytes.Count < 4000; length++)
                {
                    byte[] piece = text[start..(start + length)];
                    if (seen.Add(Convert.ToHexString(piece)))
                    {
                        bytes.Add(piece);
                    }
                }
            }
        }

        return new TokenVocabulary([.. bytes], new HashSet<int> { End });
    }

    /// <summary>
    /// Whether every split of a text into tokens that this draws from a random source goes through the masks, and at the end
    /// whether the end is allowed.
    /// </summary>
    public static (bool Alive, bool CanEnd) Follow(TextConstraint constraint, TokenMasks masks, string text, Random random)
    {
        TokenMatcher matcher = new(constraint, masks);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int at = 0; at < bytes.Length;)
        {
            int[] fitting = [.. Enumerable.Range(0, masks.Vocabulary.Size).Where(id => masks.Vocabulary.BytesOf(id) is { Length: > 0 } token && bytes.AsSpan(at).StartsWith(token))];
            int chosen = fitting[random.Next(fitting.Length)];
            if (!matcher.Mask()[chosen])
            {
                return (false, false);
            }

            Assert.True(matcher.TryAdvance(chosen));
            at += masks.Vocabulary.BytesOf(chosen).Length;
        }

        TokenMask mask = matcher.Mask();
        Assert.Equal(matcher.CanEnd, mask[End]);
        Assert.Equal(constraint.IsMatch(text), matcher.CanEnd);
        return (true, matcher.CanEnd);
    }

    /// <summary>A text written by choosing at random among what the masks allow, ending where it may with some probability.</summary>
    public static string? Walk(TextConstraint constraint, TokenMasks masks, Random random, int maxTokens = 400)
    {
        TokenMatcher matcher = new(constraint, masks);
        List<byte> text = [];
        for (int i = 0; i < maxTokens; i++)
        {
            TokenMask mask = matcher.Mask();
            int[] allowed = [.. Enumerable.Range(0, masks.Vocabulary.Size).Where(id => mask[id])];
            Assert.True(allowed.Length > 0, $"Nothing follows '{Encoding.UTF8.GetString([.. text])}'.");
            int chosen = matcher.CanEnd && random.Next(3) == 0 ? End : allowed[random.Next(allowed.Length)];
            if (chosen == End)
            {
                return new UTF8Encoding(false, true).GetString([.. text]);
            }

            Assert.True(matcher.TryAdvance(chosen));
            text.AddRange(masks.Vocabulary.BytesOf(chosen));
        }

        return null;
    }
}
