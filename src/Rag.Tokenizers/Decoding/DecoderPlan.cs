namespace Rag.Tokenizers.Decoding;

/// <summary>A decoder of a tokenizer.json: makes the stages that do its work on one stream. Immutable.</summary>
/// <param name="Create">New stages, in order.</param>
internal sealed record DecoderPlan(Func<IEnumerable<DecoderStage>> Create)
{
    /// <summary>Without a decoder tokens are joined by spaces.</summary>
    public static readonly DecoderPlan None = new(() => [new JoinStage()]);

    /// <summary>Stages linked in front of a sink.</summary>
    public DecoderStage Open(DecoderStage sink)
    {
        DecoderStage[] stages = [.. Create(), sink];
        for (int i = 0; i + 1 < stages.Length; i++)
        {
            stages[i].Next = stages[i + 1];
        }

        return stages[0];
    }
}
