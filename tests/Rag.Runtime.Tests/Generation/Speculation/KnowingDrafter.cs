using Rag.Runtime.Generation.Speculation;

namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>Guesses the sequence that it was told, right with a given probability, of which those that choose the tokens know nothing.</summary>
internal sealed class KnowingDrafter(int[] whole, double right, int vocabulary, Random random) : IDrafter
{
    public void Guess(ReadOnlySpan<int> sequence, Draft draft)
    {
        for (int i = sequence.Length; !draft.IsFull; i++)
        {
            bool known = i < whole.Length && random.NextDouble() < right;
            draft.Add(known ? whole[i] : random.Next(vocabulary), DraftLevel.Forced);
        }
    }
}
