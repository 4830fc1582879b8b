using Rag.Runtime.Generation.Speculation;

namespace Rag.Benchmarks.Speculation;

/// <summary>Guesses the answer, each token right by a chance.</summary>
internal sealed class ChanceDrafter(int[] whole, double right, int vocabulary) : IDrafter
{
    private readonly Random _random = new(whole.Length);

    public void Guess(ReadOnlySpan<int> sequence, Draft draft)
    {
        for (int i = sequence.Length; i < whole.Length && !draft.IsFull; i++)
        {
            draft.Add(_random.NextDouble() < right ? whole[i] : (whole[i] + 1) % vocabulary, DraftLevel.Forced);
        }
    }
}
