namespace Rag.Tokenizers.Tests;

/// <summary>Tokenizers put together from pieces, and pieces that do not fit together.</summary>
public sealed class TokenizerPiecesTests
{
    [Fact]
    public void Bert_pieces_in_gguf_spelling_get_their_own_back()
    {
        Tokenizer tokenizer = Tokenizer.FromPieces(new TokenizerPieces
        {
            Kind = TokenizerKind.Bert,
            Tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "\u2581un", "able", "\u2581a"],
            Kinds = [PieceKind.Control, PieceKind.Unknown, PieceKind.Control, PieceKind.Control, PieceKind.Normal, PieceKind.Normal, PieceKind.Normal],
            Location = "here.gguf",
        });
        Encoding encoding = tokenizer.Encode("Unable a x", "a");
        Assert.Equal([2, 4, 5, 6, 1, 3, 6, 3], encoding.Ids);
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1], encoding.TypeIds);
        Assert.Equal("unable a", tokenizer.Decode([2, 4, 5, 6, 3]));
        Assert.Equal("##able", tokenizer.IdToToken(5));
    }

    [Fact]
    public void Byte_level_pieces_follow_their_split_rule()
    {
        Tokenizer tokenizer = Tokenizer.FromPieces(new TokenizerPieces
        {
            Kind = TokenizerKind.Gpt2,
            Tokens = ["a", "1", "11", "<s>"],
            Kinds = [PieceKind.Normal, PieceKind.Normal, PieceKind.Normal, PieceKind.Control],
            Merges = ["1 1"],
            PreTokenizer = "llama-bpe",
            BeginId = 3,
            Location = "here.gguf",
        });
        Assert.Equal([3, 2, 1, 2], tokenizer.Encode("11111").Ids);
        Assert.Equal("11111", tokenizer.Decode([3, 2, 1, 2]));
    }

    [Fact]
    public void Pieces_of_user_defined_text_part_the_text_and_count_as_no_special_token()
    {
        Tokenizer tokenizer = Tokenizer.FromPieces(Llama());
        Assert.Equal([1, 4, 2, 4], tokenizer.Encode("a<t>a").Ids);
        Assert.Equal([4, 2, 4], tokenizer.Encode("a<t>a", new EncodeOptions { AddSpecialTokens = false, ParseSpecialTokens = false }).Ids);
        Assert.NotEqual(tokenizer.Fingerprint, Tokenizer.FromPieces(Llama(addSpacePrefix: false)).Fingerprint);
    }

    private static readonly TokenizerPieces[] Contradictory =
    [
        new() { Kind = TokenizerKind.Llama, Tokens = [], Scores = [], Location = "here.gguf" },
        new() { Kind = TokenizerKind.Llama, Tokens = ["a"], Location = "here.gguf" },
        new() { Kind = TokenizerKind.T5, Tokens = ["a"], Scores = [1, 2], Location = "here.gguf" },
        new() { Kind = TokenizerKind.T5, Tokens = ["a"], Scores = [float.NaN], Location = "here.gguf" },
        new() { Kind = TokenizerKind.T5, Tokens = ["a"], Scores = [0], Kinds = [], Location = "here.gguf" },
        new() { Kind = TokenizerKind.T5, Tokens = ["a"], Scores = [0], BeginId = 1, Location = "here.gguf" },
        new() { Kind = TokenizerKind.T5, Tokens = ["a"], Scores = [0], UnknownId = -1, Location = "here.gguf" },
        new() { Kind = TokenizerKind.T5, Tokens = ["a"], Scores = [0], AddEnd = true, Location = "here.gguf" },
        new() { Kind = TokenizerKind.T5, Tokens = ["a"], Scores = [0], NormalizationRules = new byte[3], Location = "here.gguf" },
        new() { Kind = TokenizerKind.Gpt2, Tokens = ["a"], Location = "here.gguf" },
        new() { Kind = TokenizerKind.Gpt2, Tokens = ["a"], Merges = ["a"], Location = "here.gguf" },
        new() { Kind = TokenizerKind.Gpt2, Tokens = ["a"], Merges = ["a a"], Location = "here.gguf" },
    ];

    public static TheoryData<int> Contradictions() => [.. Enumerable.Range(0, Contradictory.Length)];

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Pieces_that_contradict_each_other_are_corrupt(int index) =>
        Assert.Equal("here.gguf", Assert.Throws<CorruptException>(() => Tokenizer.FromPieces(Contradictory[index])).Location);

    private static TokenizerPieces Llama(bool? addSpacePrefix = null) => new()
    {
        Kind = TokenizerKind.Llama,
        Tokens = ["<unk>", "<s>", "<t>", "\u2581", "\u2581a", "a"],
        Scores = [0, 0, 0, -3, -1, -2],
        Kinds = [PieceKind.Unknown, PieceKind.Control, PieceKind.UserDefined, PieceKind.Normal, PieceKind.Normal, PieceKind.Normal],
        BeginId = 1,
        AddSpacePrefix = addSpacePrefix,
        Location = "here.gguf",
    };
}
