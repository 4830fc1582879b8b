using System.Text.Json;
using Rag.Documents;
using Rag.Tests.Support;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>Fixtures made with the SentencePiece library itself, which never reads control tokens out of a text.</summary>
public sealed class SentencePieceFixtureTests
{
    private static readonly EncodeOptions Untrusted = new() { ParseSpecialTokens = false };

    public static TheoryData<string> Names() => SharedData.Find("fixtures", "tokenizers") is not { } root ? [] :
        [.. Directory.EnumerateFiles(root, "*.jsonl*").Select(file => Path.GetFileName(file).Split('.')[0]).Distinct().Where(name => FixtureTokenizers.SentencePieceModel(name) is not null)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Pieces_offsets_and_texts_equal_the_reference(string name)
    {
        Tokenizer tokenizer = Tokenizer.LoadSentencePiece(FixtureTokenizers.SentencePieceModel(name)!);
        var faults = new Faults();
        foreach (JsonElement line in FixtureTokenizers.CaseFiles(name).SelectMany(FixtureTokenizers.Lines))
        {
            string text = line.GetProperty("text").GetString()!;
            faults.Begin(text);
            Encoding encoding = tokenizer.Encode(text, Untrusted);
            int[] ids = [.. line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            faults.Compare("ids", ids, encoding.Ids);
            faults.Compare("pieces", line.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!), encoding.Tokens);
            faults.Compare("decoded", [line.GetProperty("decoded").GetString()!], [tokenizer.Decode(ids)]);
            if (line.GetProperty("offsets16") is { ValueKind: JsonValueKind.Array } offsets)
            {
                TextRange[] wanted = [.. offsets.EnumerateArray().Select(at => at.GetInt32()).Chunk(2).Select(pair => new TextRange(pair[0], pair[1]))];
                faults.Compare("offsets16", wanted, encoding.Offsets);
            }

            StreamDecoder decoder = tokenizer.CreateStreamDecoder();
            string[] shown = [.. ids.Select(decoder.Append)];
            faults.Compare("stream", [line.GetProperty("decoded").GetString()!], [string.Concat(shown) + decoder.Flush()]);
        }

        faults.Assert();
    }
}
