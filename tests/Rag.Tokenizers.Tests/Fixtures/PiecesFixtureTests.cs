using System.Globalization;
using Rag.Tests.Support;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>Vocabularies in GGUF files with inputs and ids beside them.</summary>
public sealed class PiecesFixtureTests
{
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, ParseSpecialTokens = false };

    public static TheoryData<string> Names() => SharedData.Find("data", "tokenizers", "gguf-vocab") is not { } root ? [] :
        [.. Directory.EnumerateFiles(root, "*.gguf").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Ids_equal_the_reference(string name)
    {
        string file = SharedData.Require("data", "tokenizers", "gguf-vocab", name);
        Tokenizer tokenizer = Tokenizer.FromPieces(Pieces(GgufMetadata.Read(file), name));
        string[] inputs = File.ReadAllText(file + ".inp").Split("\n__ggml_vocab_test__\n");
        string[] outputs = File.ReadAllLines(file + ".out");
        Assert.Equal(inputs.Length - 1, outputs.Length);
        var faults = new Faults();
        foreach ((string text, string output) in inputs.Zip(outputs))
        {
            faults.Begin(text);
            int[] ids = [.. output.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
            faults.Compare("ids", ids, tokenizer.Encode(text, Plain).Ids);
            if (!name.Contains("bert", StringComparison.Ordinal))
            {
                faults.Compare("decoded", [text], [tokenizer.Decode(ids)]);
            }
        }

        faults.Assert();
    }

    internal static TokenizerPieces Pieces(Dictionary<string, object> metadata, string location) => new()
    {
        Kind = Enum.Parse<TokenizerKind>((string)metadata["tokenizer.ggml.model"], ignoreCase: true),
        Tokens = [.. ((object[])metadata["tokenizer.ggml.tokens"]).Cast<string>()],
        Scores = metadata.TryGetValue("tokenizer.ggml.scores", out object? scores) ? [.. ((object[])scores).Cast<float>()] : null,
        Kinds = metadata.TryGetValue("tokenizer.ggml.token_type", out object? kinds) ? [.. ((object[])kinds).Select(kind => (PieceKind)(int)kind)] : null,
        Merges = metadata.TryGetValue("tokenizer.ggml.merges", out object? merges) ? [.. ((object[])merges).Cast<string>()] : null,
        PreTokenizer = metadata.GetValueOrDefault("tokenizer.ggml.pre") as string,
        BeginId = Id(metadata, "tokenizer.ggml.bos_token_id") ?? Id(metadata, "tokenizer.ggml.cls_token_id"),
        EndId = Id(metadata, "tokenizer.ggml.eos_token_id"),
        UnknownId = Id(metadata, "tokenizer.ggml.unknown_token_id"),
        Location = location,
    };

    private static int? Id(Dictionary<string, object> metadata, string key) => metadata.TryGetValue(key, out object? id) ? (int)(uint)id : null;
}
