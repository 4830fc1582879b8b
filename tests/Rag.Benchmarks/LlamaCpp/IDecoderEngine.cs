namespace Rag.Benchmarks.LlamaCpp;

/// <summary>One side of the comparison, with one sequence.</summary>
internal interface IDecoderEngine : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Drops the sequence's tokens beyond the first <paramref name="kept"/>, computes more, and chooses the likeliest token one by one.</summary>
    /// <param name="kept">Tokens that stay; the sequence has at least so many.</param>
    /// <param name="tokens">At least one.</param>
    /// <param name="answer">How many are chosen behind the first.</param>
    Task<DecoderRun> RunAsync(int kept, int[] tokens, int answer);
}
