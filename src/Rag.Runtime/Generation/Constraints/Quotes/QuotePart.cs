namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>What a text is in the middle of.</summary>
internal enum QuotePart : byte
{
    /// <summary>Nothing but a refusal.</summary>
    Refusal,

    /// <summary>Free text.</summary>
    FreeText,

    /// <summary>What stands between quotes where there is no free text, an opening mark included.</summary>
    Separator,

    /// <summary>A quote, a closing mark included.</summary>
    Quote,

    /// <summary>What says which source a quote is of.</summary>
    Reference,
}
