namespace Rag.Runtime.Generation.Speculation;

/// <summary>Guesses how the sequence of one request goes on, at next to no cost. Not thread-safe.</summary>
internal interface IDrafter
{
    /// <summary>Guesses.</summary>
    /// <param name="sequence">Prompt and output so far; from call to call it only grows.</param>
    /// <param name="draft">Receives the guesses; empty.</param>
    void Guess(ReadOnlySpan<int> sequence, Draft draft);
}
