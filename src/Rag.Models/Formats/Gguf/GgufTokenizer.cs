namespace Rag.Models.Formats.Gguf;

/// <summary>The pieces of a tokenizer as GGUF metadata holds them ("tokenizer.ggml.*"; ggml, docs/gguf.md), unchanged.</summary>
public sealed record GgufTokenizer
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>The kind: "llama" (SentencePiece BPE), "gpt2" (byte-level BPE), "bert" (WordPiece), "t5" (Unigram), ...</summary>
    public required string Model { get; init; }

    /// <summary>The name of the rules that split text before BPE, such as "llama-bpe" or "qwen2"; null where none is given.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>The vocabulary; a token's index is its id.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>A score for each token; empty where none are given.</summary>
    public IReadOnlyList<float> Scores { get; init; } = [];

    /// <summary>A type for each token: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; empty where none are given.</summary>
    public IReadOnlyList<long> TokenTypes { get; init; } = [];

    /// <summary>Merges of byte-level BPE, two pieces with a space between, in order of rank; empty where none are given.</summary>
    public IReadOnlyList<string> Merges { get; init; } = [];

    /// <summary>The id that begins a text, where one is named.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The ids that end a text, a turn ("eot") or a message ("eom"), each once.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The id for what the vocabulary lacks, where one is named.</summary>
    public int? UnknownTokenId { get; init; }

    /// <summary>The id between two texts, where one is named.</summary>
    public int? SeparatorTokenId { get; init; }

    /// <summary>The id of padding, where one is named.</summary>
    public int? PaddingTokenId { get; init; }

    /// <summary>The id that stands for a masked token, where one is named.</summary>
    public int? MaskTokenId { get; init; }

    /// <summary>Whether <see cref="BosTokenId"/> is put before a text; null where the file does not say.</summary>
    public bool? AddBosToken { get; init; }

    /// <summary>Whether the first of <see cref="EosTokenIds"/> is put after a text; null where the file does not say.</summary>
    public bool? AddEosToken { get; init; }

    /// <summary>Whether a space is put before a text; null where the file does not say (SentencePiece does).</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary>Whether runs of spaces become one; null where the file does not say.</summary>
    public bool? RemoveExtraWhitespaces { get; init; }

    /// <summary>SentencePiece's compiled normalisation; empty where none is given.</summary>
    public IReadOnlyList<byte> PrecompiledCharsmap { get; init; } = [];

    /// <summary>The chat template (Jinja), where one is given.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The token of an id; null where there is no such id.</summary>
    /// <param name="id">The id, or null.</param>
    public string? TokenOf(int? id) => id is { } index && index < Tokens.Count ? Tokens[index] : null;

    /// <summary>Reads the pieces.</summary>
    /// <param name="metadata">The metadata of an open file.</param>
    /// <returns>Null where the file holds no vocabulary.</returns>
    /// <exception cref="CorruptException">A piece is of the wrong kind, or there are more scores, types or ids than tokens.</exception>
    public static GgufTokenizer? Read(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (metadata.Text(Prefix + "model") is not { } model || metadata.Texts(Prefix + "tokens") is not { } tokens)
        {
            return null;
        }

        int? Id(string name) => metadata.Whole(Prefix + name) switch
        {
            null or -1 or uint.MaxValue => null,
            >= 0 and var id when id < tokens.Count => (int)id,
            _ => throw metadata.Wrong(Prefix + name, $"an id below {tokens.Count}"),
        };
        return new GgufTokenizer
        {
            Model = model,
            PreTokenizer = metadata.Text(Prefix + "pre"),
            Tokens = tokens,
            Scores = OnePerToken(metadata, "scores", tokens.Count, metadata.Singles),
            TokenTypes = OnePerToken(metadata, "token_type", tokens.Count, metadata.Wholes),
            Merges = metadata.Texts(Prefix + "merges") ?? [],
            BosTokenId = Id("bos_token_id"),
            EosTokenIds = [.. new[] { Id("eos_token_id"), Id("eot_token_id"), Id("eom_token_id") }.OfType<int>().Distinct()],
            UnknownTokenId = Id("unknown_token_id"),
            SeparatorTokenId = Id("seperator_token_id") ?? Id("separator_token_id"),
            PaddingTokenId = Id("padding_token_id"),
            MaskTokenId = Id("mask_token_id"),
            AddBosToken = metadata.Boolean(Prefix + "add_bos_token"),
            AddEosToken = metadata.Boolean(Prefix + "add_eos_token"),
            AddSpacePrefix = metadata.Boolean(Prefix + "add_space_prefix"),
            RemoveExtraWhitespaces = metadata.Boolean(Prefix + "remove_extra_whitespaces"),
            PrecompiledCharsmap = [.. (metadata.Wholes(Prefix + "precompiled_charsmap") ?? []).Select(value => unchecked((byte)value))],
            ChatTemplate = metadata.Text("tokenizer.chat_template"),
        };
    }

    private static IReadOnlyList<T> OnePerToken<T>(GgufMetadata metadata, string name, int count, Func<string, IReadOnlyList<T>?> read) =>
        !metadata.Contains(Prefix + name) ? []
        : metadata.ArrayCount(Prefix + name) == count ? read(Prefix + name)!
        : throw metadata.Wrong(Prefix + name, $"an array of {count} values, one for each token");
}
