using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Pieces;

/// <summary>
/// BERT's WordPiece from pieces. GGUF files write U+2581 before pieces that begin a word and nothing before those that continue
/// one; here they get BERT's own spelling back. Files that kept "##" are read too.
/// </summary>
internal static class WordPieceBuilder
{
    private const char Mark = SentencePieceNormalizer.Mark;
    private const string Continuing = "##";

    public static Tokenizer Build(TokenizerPieces pieces)
    {
        bool marked = pieces.Tokens.Any(token => token.Length > 1 && token[0] == Mark);
        string[] tokens = [.. pieces.Tokens.Select((token, id) => marked ? Respell(token, PiecesBuilder.Kind(pieces, id)) : token)];
        bool lowercase = pieces.Lowercase ?? !tokens.Any(token => !IsBracketed(token) && token.Any(char.IsAsciiLetterUpper));
        int unknown = PiecesBuilder.UnknownId(pieces);
        if (unknown < 0)
        {
            unknown = Array.IndexOf(tokens, "[UNK]");
        }

        var vocabulary = new Vocabulary(tokens);
        var normalizer = new BertNormalizer(true, true, lowercase, lowercase);
        var model = new WordPieceModel(vocabulary, unknown < 0 ? "[UNK]" : tokens[unknown], Continuing, 100, pieces.Location);
        var added = new AddedVocabulary(
            PiecesBuilder.AddedTokens(pieces, unknown).Select(token => token with { Content = tokens[token.Id] }), vocabulary, normalizer);
        int? begin = pieces.BeginId ?? Id(vocabulary, "[CLS]");
        int? end = pieces.EndId ?? Id(vocabulary, "[SEP]");
        return new Tokenizer(
            new EncodePipeline(added, normalizer, new BertPreTokenizer(), model),
            PiecesBuilder.Around(pieces, begin, end, pieces.AddBegin ?? begin is not null, pieces.AddEnd ?? end is not null, endAfterFirst: true),
            new DecoderPlan(() => [new WordPieceStage(Continuing, cleanup: true)]),
            PiecesBuilder.Fingerprint(pieces));
    }

    private static int? Id(Vocabulary vocabulary, string token) => vocabulary.Find(token) is var id && id >= 0 ? id : null;

    private static string Respell(string token, PieceKind kind) =>
        kind is PieceKind.Control or PieceKind.Unknown or PieceKind.UserDefined || IsBracketed(token) ? token
        : token.StartsWith(Mark) ? token[1..]
        : Continuing + token;

    private static bool IsBracketed(string token) => token.Length > 2 && token[0] == '[' && token[^1] == ']';
}
