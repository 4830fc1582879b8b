using System.Text.Json;
using Rag.Tests.Support;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>The tiktoken files themselves, against the fixtures made with the tokenizer.json assembled of them.</summary>
public sealed class TiktokenFixtureTests
{
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false };

    [Theory]
    [InlineData("llama3", "*.model", TiktokenOptions.Cl100kPattern, false)]
    [InlineData("qwen2.5", "*.tiktoken", TiktokenOptions.QwenPattern, true)]
    public void Ids_and_texts_equal_the_reference(string name, string file, string pattern, bool compose)
    {
        using JsonDocument skeleton = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures", "tokenizers", name + ".skeleton.json")));
        Tokenizer tokenizer = Tokenizer.LoadTiktoken(Directory.EnumerateFiles(SharedData.Require("data", "tokenizers", name), file).Single(), new TiktokenOptions
        {
            Pattern = pattern,
            Compose = compose,
            SpecialTokens = skeleton.RootElement.GetProperty("added_tokens").EnumerateArray().Where(token => token.GetProperty("special").GetBoolean())
                .ToDictionary(token => token.GetProperty("content").GetString()!, token => token.GetProperty("id").GetInt32()),
        });
        string[] others = [.. skeleton.RootElement.GetProperty("added_tokens").EnumerateArray().Where(token => !token.GetProperty("special").GetBoolean()).Select(token => token.GetProperty("content").GetString()!)];
        var faults = new Faults();
        foreach (JsonElement line in FixtureTokenizers.CaseFiles(name).SelectMany(FixtureTokenizers.Lines))
        {
            string text = line.GetProperty("text").GetString()!;
            if (others.Any(token => text.Contains(token, StringComparison.Ordinal)))
            {
                // A tiktoken file knows special tokens only.
                continue;
            }

            faults.Begin(text);
            int[] ids = [.. line.GetProperty("plain").GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Encoding encoding = tokenizer.Encode(text, Plain);
            faults.Compare("ids", ids, encoding.Ids);
            faults.Compare("offsets16", line.GetProperty("plain").GetProperty("offsets16").EnumerateArray().Select(at => at.GetInt32()), encoding.Offsets.SelectMany(range => new[] { range.Start, range.End }));
        }

        faults.Assert();
    }
}
