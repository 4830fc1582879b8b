namespace Rag.Models.Networks;

/// <summary>Softmax attention with one or more query heads to each key and value head.</summary>
internal sealed record AttentionDescription : MixerDescription
{
    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>What the scores are multiplied by.</summary>
    public required float Scale { get; init; }

    public required LinearDescription Query { get; init; }

    public required LinearDescription Key { get; init; }

    public required LinearDescription Value { get; init; }

    /// <summary>Index into the network's rotary tables; null where queries and keys are not rotated.</summary>
    public int? Rope { get; init; }

    /// <summary>Of queries before they are rotated: of each head, or of all heads in one where its weight is as long.</summary>
    public NormDescription? QueryNorm { get; init; }

    /// <summary>Of keys before they are rotated.</summary>
    public NormDescription? KeyNorm { get; init; }

    /// <summary>Queries, keys and values are cut off at it on both sides before all else; null for no limit.</summary>
    public float? Clip { get; init; }

    /// <summary>
    /// A token sees those that are fewer places away: before it, and after it where the network looks both ways; null for no limit.
    /// </summary>
    public int? Window { get; init; }

    /// <summary>c * tanh(score / c); 0 for none.</summary>
    public float SoftCap { get; init; }

    /// <summary>[heads]; one more logit in each softmax, whose share is dropped.</summary>
    public Weight? Sinks { get; init; }

    public AlibiDescription? Alibi { get; init; }

    /// <summary>What an encoder adds to the scores by the distance of two tokens; null for nothing.</summary>
    public RelativeBiasDescription? RelativeBias { get; init; }

    /// <summary>What an encoder adds to the scores by a token and its distance to the other; null for nothing.</summary>
    public DisentangledDescription? Disentangled { get; init; }

    public override CacheDescription Cache => new(CacheForm.KeysAndValues, KeyValueHeads, HeadSize);
}
