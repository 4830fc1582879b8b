namespace Rag.Tokenizers.PostProcessing;

/// <summary>A post-processor: tokens around the text, type ids, and trimming of offsets. Immutable.</summary>
/// <param name="Single">The tokens around a single text, with its place among them.</param>
/// <param name="Pair">The same for two texts.</param>
/// <param name="Trimming">How offsets are trimmed; null where they are not.</param>
internal sealed record PostProcessor(IReadOnlyList<SpecialToken> Single, IReadOnlyList<SpecialToken> Pair, OffsetTrimming? Trimming)
{
    /// <summary>Adds nothing; the second text of a pair has type id 1.</summary>
    public static readonly PostProcessor None = new([Text(0)], [Text(0), Text(1, second: true)], null);

    /// <summary>How many tokens are added around a single text.</summary>
    public int AddedToSingle { get; } = Single.Count(token => !token.IsText);

    /// <summary>How many tokens are added around two texts.</summary>
    public int AddedToPair { get; } = Pair.Count(token => !token.IsText);

    /// <summary>The place of a text.</summary>
    public static SpecialToken Text(int typeId, bool second = false) => new(-1, null, typeId, second);

    /// <summary>[CLS] A [SEP] B [SEP] with types 0 0 0 1 1 (BERT).</summary>
    public static PostProcessor Bert((string Token, int Id) cls, (string Token, int Id) sep) => new(
        [Of(cls, 0), Text(0), Of(sep, 0)],
        [Of(cls, 0), Text(0), Of(sep, 0), Text(1, second: true), Of(sep, 1)],
        null);

    /// <summary>&lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt; with types all 0 (RoBERTa).</summary>
    public static PostProcessor Roberta((string Token, int Id) cls, (string Token, int Id) sep, OffsetTrimming? trimming) => new(
        [Of(cls, 0), Text(0), Of(sep, 0)],
        [Of(cls, 0), Text(0), Of(sep, 0), Of(sep, 0), Text(0, second: true), Of(sep, 0)],
        trimming);

    private static SpecialToken Of((string Token, int Id) token, int typeId) => new(token.Id, token.Token, typeId);
}
