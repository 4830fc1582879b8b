namespace Rag.Tokenizers;

/// <summary>
/// A tokenizer in pieces, as GGUF metadata and SentencePiece models hold one; <see cref="Tokenizer.FromPieces"/> puts it together.
/// What a file leaves out stays null, and the kind's own default counts.
/// </summary>
public sealed class TokenizerPieces
{
    /// <summary>How pieces become tokens (tokenizer.ggml.model).</summary>
    public required TokenizerKind Kind { get; init; }

    /// <summary>The pieces by id (tokenizer.ggml.tokens).</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>A score for each piece (tokenizer.ggml.scores); needed for <see cref="TokenizerKind.Llama"/> and <see cref="TokenizerKind.T5"/>.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary>What each piece is for (tokenizer.ggml.token_type); null where all are text.</summary>
    public IReadOnlyList<PieceKind>? Kinds { get; init; }

    /// <summary>Merges, two pieces with a space between, earliest first (tokenizer.ggml.merges); needed for <see cref="TokenizerKind.Gpt2"/>.</summary>
    public IReadOnlyList<string>? Merges { get; init; }

    /// <summary>The name of the split rule of <see cref="TokenizerKind.Gpt2"/> (tokenizer.ggml.pre), such as "llama-bpe"; null for GPT-2's.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>SentencePiece's compiled normalization rules (tokenizer.ggml.precompiled_charsmap); empty for none.</summary>
    public ReadOnlyMemory<byte> NormalizationRules { get; init; }

    /// <summary>Whether a space is put before a text (tokenizer.ggml.add_space_prefix). Default for SentencePiece kinds true, else false.</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary>Whether spaces at the ends go and inner runs of them become one (tokenizer.ggml.remove_extra_whitespaces). Default for <see cref="TokenizerKind.T5"/> true, else false.</summary>
    public bool? RemoveExtraSpaces { get; init; }

    /// <summary>Whether spaces are written as U+2581. Default true; SentencePiece kinds only.</summary>
    public bool EscapeSpaces { get; init; } = true;

    /// <summary>
    /// Whether user-defined pieces are kept whole in mid-text, as SentencePiece does; otherwise, as in GGUF files, text before
    /// and after one is tokenised by itself. Default false.
    /// </summary>
    public bool UserDefinedInText { get; init; }

    /// <summary>Whether BERT's text is lower-cased and loses its accents; null for what the vocabulary suggests: it is, unless some piece has an ASCII capital.</summary>
    public bool? Lowercase { get; init; }

    /// <summary>Id of the token that begins a sequence ([CLS] for BERT).</summary>
    public int? BeginId { get; init; }

    /// <summary>Id of the token that ends a sequence ([SEP] for BERT).</summary>
    public int? EndId { get; init; }

    /// <summary>Id of the token for what no piece spells; null for the first of kind <see cref="PieceKind.Unknown"/>.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Whether encoding adds <see cref="BeginId"/>. Default for Llama and BERT true; for GPT-2 as its split rule has it; for T5 false.</summary>
    public bool? AddBegin { get; init; }

    /// <summary>Whether encoding adds <see cref="EndId"/>. Default for BERT and T5 true, else false.</summary>
    public bool? AddEnd { get; init; }

    /// <summary>What the unknown token decodes to; null for itself.</summary>
    public string? UnknownText { get; init; }

    /// <summary>The name that errors give.</summary>
    public required string Location { get; init; }

    /// <summary>The tokenizer's <see cref="Tokenizer.Fingerprint"/>; null for a hash of these pieces.</summary>
    public string? Fingerprint { get; init; }
}
