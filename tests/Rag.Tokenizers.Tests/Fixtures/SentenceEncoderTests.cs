using System.Text.Json;
using Rag.Tests.Support;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>The tokenizer of all-MiniLM-L6-v2, whose file stores a truncation and a padding that must not take effect.</summary>
public sealed class SentenceEncoderTests
{
    [Fact]
    public void Ids_cut_at_256_equal_those_that_the_reference_vectors_were_made_of()
    {
        Tokenizer tokenizer = Tokenizer.Load(SharedData.Require("models", "all-MiniLM-L6-v2"));
        var cut = new EncodeOptions { MaxTokens = 256 };
        var faults = new Faults();
        List<int> ids = [];
        foreach (JsonElement line in FixtureTokenizers.Lines(SharedData.Require("models", "all-MiniLM-L6-v2", "expected", "texts.jsonl")))
        {
            string text = line.GetProperty("text").GetString()!;
            faults.Begin(text);
            ids.Clear();
            tokenizer.Encode(text, ids, cut);
            faults.Compare("ids", line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), ids);
            faults.Compare("ids of the full encoding", ids, tokenizer.Encode(text, cut).Ids);
            faults.Compare("n_tokens_untruncated", [line.GetProperty("n_tokens_untruncated").GetInt32()], [tokenizer.Encode(text).Ids.Count]);
        }

        faults.Assert();
    }
}
