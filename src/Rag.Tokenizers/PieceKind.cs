namespace Rag.Tokenizers;

/// <summary>What a piece of a vocabulary is for; numbered as SentencePiece and GGUF number them.</summary>
public enum PieceKind
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Stands for text that no piece spells.</summary>
    Unknown = 2,

    /// <summary>Never text, such as the beginning of a sequence; recognised only where special tokens are parsed.</summary>
    Control = 3,

    /// <summary>Text that is always kept whole.</summary>
    UserDefined = 4,

    /// <summary>Text that is never given as one token.</summary>
    Unused = 5,

    /// <summary>A byte, spelt &lt;0x00&gt; to &lt;0xFF&gt;.</summary>
    Byte = 6,
}
