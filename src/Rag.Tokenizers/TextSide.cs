namespace Rag.Tokenizers;

/// <summary>One end of a text, as its code units run (for a script written from right to left too).</summary>
public enum TextSide
{
    /// <summary>Where the text begins; "left" in tokenizer.json.</summary>
    Start,

    /// <summary>Where the text ends; "right" in tokenizer.json.</summary>
    End,
}
