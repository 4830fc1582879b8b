namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>Guesses what earlier answers said, a token at a time, as long as they agree (llama.cpp's rule for its dynamic cache).</summary>
internal sealed class NgramCacheDrafter(NgramCache cache, string? adapter) : IDrafter
{
    public void Guess(ReadOnlySpan<int> sequence, Draft draft)
    {
        Span<int> last = stackalloc int[NgramCache.MaxSize];
        int known = Math.Min(last.Length, sequence.Length);
        sequence[^known..].CopyTo(last);
        while (!draft.IsFull && cache.Next(last[..known], adapter, out int size) is var token && token >= 0)
        {
            draft.Add(token, DraftLevel.Cache + size - NgramCache.MinSize);
            if (known == last.Length)
            {
                last[1..].CopyTo(last);
                last[^1] = token;
            }
            else
            {
                last[known++] = token;
            }
        }
    }
}
