using Rag.Models.Formats.Gguf;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Formats.Gguf;

public sealed class GgufTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read_SentencePieceModel_HasEveryPiece()
    {
        using GgufFile file = GgufFile.Open(SharedData.Require("fixtures", "gguf", "models", "llama-f16", "model.gguf"));
        GgufTokenizer tokenizer = GgufTokenizer.Read(file.Metadata)!;
        Assert.Equal("llama", tokenizer.Model);
        Assert.Equal("default", tokenizer.PreTokenizer);
        Assert.Equal(512, tokenizer.Tokens.Count);
        Assert.Equal(512, tokenizer.Scores.Count);
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x00>"], tokenizer.Tokens.Take(4));
        Assert.Equal([2L, 3, 3, 6], tokenizer.TokenTypes.Take(4));
        Assert.Empty(tokenizer.Merges);
        Assert.Equal((1, 0, true, false), (tokenizer.BosTokenId, tokenizer.UnknownTokenId, tokenizer.AddBosToken, tokenizer.AddEosToken));
        Assert.Equal([2], tokenizer.EosTokenIds);
        Assert.Equal("<s>", tokenizer.TokenOf(1));
        Assert.Null(tokenizer.TokenOf(512));
        Assert.Null(tokenizer.TokenOf(null));
    }

    [Fact]
    public void Read_ByteLevelModel_HasItsMerges()
    {
        using GgufFile file = GgufFile.Open(SharedData.Require("fixtures", "gguf", "models", "llama3-rope-f16", "model.gguf"));
        GgufTokenizer tokenizer = GgufTokenizer.Read(file.Metadata)!;
        Assert.Equal(("gpt2", "llama-bpe"), (tokenizer.Model, tokenizer.PreTokenizer));
        Assert.Equal("i n", tokenizer.Merges[0]);
        Assert.Empty(tokenizer.Scores);
        Assert.Null(tokenizer.AddEosToken);
    }

    [Fact]
    public void Read_EndsOfTextTurnAndMessage_AreAllEnds()
    {
        GgufTokenizer tokenizer = Read(writer => writer.Add("tokenizer.ggml.eos_token_id", 1u).Add("tokenizer.ggml.eot_token_id", 2u).Add("tokenizer.ggml.eom_token_id", 1u)
            .Add("tokenizer.ggml.padding_token_id", uint.MaxValue).Add("tokenizer.chat_template", "{{ messages }}"))!;
        Assert.Equal([1, 2], tokenizer.EosTokenIds);
        Assert.Null(tokenizer.PaddingTokenId);
        Assert.Equal("{{ messages }}", tokenizer.ChatTemplate);
    }

    [Theory]
    [InlineData("scores")]
    [InlineData("token_type")]
    [InlineData("bos_token_id")]
    public void Read_PiecesThatDoNotFitTheTokens_AreCorrupt(string name)
    {
        object value = name switch { "scores" => new[] { 1f }, "token_type" => new[] { 1, 2 }, _ => 3u };
        CorruptException error = Assert.Throws<CorruptException>(() => Read(writer => writer.Add("tokenizer.ggml." + name, value)));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Offset);
    }

    [Fact]
    public void Read_NoVocabulary_IsNull()
    {
        using GgufFile file = GgufFile.Open(SharedData.Require("fixtures", "gguf", "bad", "good.gguf"));
        Assert.Null(GgufTokenizer.Read(file.Metadata));
    }

    public void Dispose() => _folder.Dispose();

    private GgufTokenizer? Read(Action<GgufWriter> add)
    {
        GgufWriter writer = new GgufWriter().Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.tokens", new[] { "a", "b", "c" });
        add(writer);
        writer.Write(_folder.File("t.gguf"));
        using GgufFile file = GgufFile.Open(_folder.File("t.gguf"));
        return GgufTokenizer.Read(file.Metadata);
    }
}
