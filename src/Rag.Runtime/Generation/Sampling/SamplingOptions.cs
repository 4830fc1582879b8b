namespace Rag.Runtime.Generation.Sampling;

/// <summary>
/// How the next token is chosen from the logits. The rules and their order are those of the transformers library
/// (generation/logits_process.py): repetition, presence and frequency penalties, then temperature, top-k, top-p, min-p.
/// </summary>
public sealed class SamplingOptions
{
    /// <summary>Divides the logits; 0 (default) means greedy: always the highest logit, the lower id at a tie.</summary>
    public float Temperature { get; set; }

    /// <summary>Keeps the tokens whose score is at least the k-th highest, so ties stay; 0 (default) keeps all.</summary>
    public int TopK { get; set; }

    /// <summary>Keeps the fewest most probable tokens whose probabilities reach this sum; 1 (default) keeps all.</summary>
    public float TopP { get; set; } = 1;

    /// <summary>Drops tokens less probable than this share of the most probable one; 0 (default) drops none.</summary>
    public float MinP { get; set; }

    /// <summary>Divides positive and multiplies negative logits of every token of prompt and output; 1 (default) changes none.</summary>
    public float RepetitionPenalty { get; set; } = 1;

    /// <summary>Subtracted once from the logit of every token of the output; 0 by default. OpenAI's rule.</summary>
    public float PresencePenalty { get; set; }

    /// <summary>Subtracted from the logit of a token as often as it is in the output; 0 by default. OpenAI's rule.</summary>
    public float FrequencyPenalty { get; set; }

    /// <summary>Replays the same choices for the same logits; null (default) takes a fresh seed for every request.</summary>
    public long? Seed { get; set; }

    /// <summary>A copy that may be changed.</summary>
    public SamplingOptions Clone() => (SamplingOptions)MemberwiseClone();

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Check(Temperature >= 0 && float.IsFinite(Temperature), nameof(Temperature), Temperature, "0 or more");
        Check(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Check(TopP is >= 0 and <= 1, nameof(TopP), TopP, "from 0 to 1");
        Check(MinP is >= 0 and <= 1, nameof(MinP), MinP, "from 0 to 1");
        Check(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty), RepetitionPenalty, "above 0");
        Check(float.IsFinite(PresencePenalty), nameof(PresencePenalty), PresencePenalty, "finite");
        Check(float.IsFinite(FrequencyPenalty), nameof(FrequencyPenalty), FrequencyPenalty, "finite");
    }

    private static void Check(bool holds, string name, float value, string range)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
