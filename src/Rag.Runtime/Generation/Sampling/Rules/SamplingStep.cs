namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>What a rule sees of one step.</summary>
/// <param name="scores">Changed in place; by id of the token, for a <see cref="ITruncatingRule"/> those that are left.</param>
/// <param name="tokens">Prompt and output so far.</param>
/// <param name="promptLength">How many of the tokens are the prompt.</param>
/// <param name="buffers">Scratch room that the rules share.</param>
internal readonly ref struct SamplingStep(Span<float> scores, ReadOnlySpan<int> tokens, int promptLength, SamplingBuffers buffers)
{
    public Span<float> Scores { get; } = scores;

    public ReadOnlySpan<int> Tokens { get; } = tokens;

    public int PromptLength { get; } = promptLength;

    public SamplingBuffers Buffers { get; } = buffers;

    /// <summary>Sets the scores of tokens to negative infinity.</summary>
    public void Drop(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            Scores[id] = float.NegativeInfinity;
        }
    }

    /// <summary>Leaves a few tokens alone: each gets the score 0, and all others are dropped.</summary>
    public void Force(ReadOnlySpan<int> ids)
    {
        Scores.Fill(float.NegativeInfinity);
        foreach (int id in ids)
        {
            Scores[id] = 0;
        }
    }
}
