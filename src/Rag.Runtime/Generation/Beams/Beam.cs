namespace Rag.Runtime.Generation.Beams;

/// <summary>A sequence that is being followed.</summary>
/// <param name="Tokens">Prompt and output.</param>
/// <param name="Score">The sum of its log-probabilities.</param>
internal sealed record Beam(int[] Tokens, float Score)
{
    public Beam With(int token, float score) => new([.. Tokens, token], score);
}
