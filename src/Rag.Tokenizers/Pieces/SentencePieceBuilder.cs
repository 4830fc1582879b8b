using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Pieces;

/// <summary>SentencePiece BPE and unigram from pieces with scores.</summary>
internal static class SentencePieceBuilder
{
    public static Tokenizer Build(TokenizerPieces pieces)
    {
        IReadOnlyList<float> scores = pieces.Scores ?? throw PiecesBuilder.Corrupt(pieces, "it has no scores");
        bool isBpe = pieces.Kind == TokenizerKind.Llama;
        bool removeExtraSpaces = pieces.RemoveExtraSpaces ?? !isBpe;
        bool addSpacePrefix = pieces.AddSpacePrefix ?? true;
        var vocabulary = new Vocabulary(pieces.Tokens);
        int unknown = PiecesBuilder.UnknownId(pieces);
        TokenTrie? userDefined = UserDefined(pieces);
        ITokenModel model = isBpe ? Bpe(pieces, scores, vocabulary, unknown, userDefined) : Unigram(pieces, scores, vocabulary, unknown);
        Charsmap? rules = pieces.NormalizationRules.IsEmpty ? null : Charsmap.Read(pieces.NormalizationRules.Span, pieces.Location);
        var normalizer = new SentencePieceNormalizer(rules, userDefined, addSpacePrefix, removeExtraSpaces, pieces.EscapeSpaces);
        var added = new AddedVocabulary(PiecesBuilder.AddedTokens(pieces, unknown), vocabulary, normalizer);
        string? unknownToken = unknown < 0 ? null : pieces.Tokens[unknown];
        string unknownText = pieces.UnknownText ?? unknownToken ?? "";
        HashSet<string> control = [.. Enumerable.Range(0, pieces.Tokens.Count).Where(id => PiecesBuilder.Kind(pieces, id) == PieceKind.Control).Select(id => pieces.Tokens[id])];
        var decoder = new DecoderPlan(() => [new SentencePieceStage(unknownToken, unknownText, control, addSpacePrefix, removeExtraSpaces)]);
        return new Tokenizer(
            new EncodePipeline(added, normalizer, null, model),
            PiecesBuilder.Around(pieces, pieces.AddBegin ?? (isBpe && pieces.BeginId is not null), pieces.AddEnd ?? (!isBpe && pieces.EndId is not null), endAfterFirst: !isBpe),
            decoder,
            PiecesBuilder.Fingerprint(pieces));
    }

    private static TokenTrie? UserDefined(TokenizerPieces pieces)
    {
        TokenTrie? trie = null;
        for (int id = 0; pieces.UserDefinedInText && id < pieces.Tokens.Count; id++)
        {
            if (PiecesBuilder.Kind(pieces, id) == PieceKind.UserDefined && pieces.Tokens[id].Length > 0)
            {
                (trie ??= new TokenTrie()).Add(pieces.Tokens[id], id);
            }
        }

        return trie;
    }

    private static SentencePieceBpeModel Bpe(TokenizerPieces pieces, IReadOnlyList<float> scores, Vocabulary vocabulary, int unknown, TokenTrie? userDefined)
    {
        List<UnigramPiece> mergeable = [];
        HashSet<int> unused = [];
        for (int id = 0; id < pieces.Tokens.Count; id++)
        {
            PieceKind kind = PiecesBuilder.Kind(pieces, id);
            if (kind is PieceKind.Normal or PieceKind.UserDefined or PieceKind.Unused && pieces.Tokens[id].Length > 0 && vocabulary.Find(pieces.Tokens[id]) == id)
            {
                mergeable.Add(new UnigramPiece(pieces.Tokens[id], id, scores[id]));
            }

            if (kind == PieceKind.Unused)
            {
                unused.Add(id);
            }
        }

        var options = new SentencePieceBpeOptions
        {
            UnknownId = unknown,
            ByteFallback = HasBytes(pieces, vocabulary),
            UserDefined = userDefined,
            Unused = unused.Count > 0 ? unused : null,
        };
        return new SentencePieceBpeModel(vocabulary, mergeable, options, pieces.Location);
    }

    private static UnigramModel Unigram(TokenizerPieces pieces, IReadOnlyList<float> scores, Vocabulary vocabulary, int unknown)
    {
        float highest = 0;
        bool any = false;
        for (int id = 0; id < scores.Count; id++)
        {
            if (PiecesBuilder.Kind(pieces, id) == PieceKind.Normal)
            {
                highest = any ? Math.Max(highest, scores[id]) : scores[id];
                any = true;
            }
        }

        List<UnigramPiece> spelling = [];
        for (int id = 0; id < pieces.Tokens.Count; id++)
        {
            string text = pieces.Tokens[id];
            PieceKind kind = PiecesBuilder.Kind(pieces, id);
            if (text.Length > 0 && kind == PieceKind.Normal)
            {
                spelling.Add(new UnigramPiece(text, id, scores[id]));
            }
            else if (text.Length > 0 && kind == PieceKind.UserDefined)
            {
                // So good that it always wins (google/sentencepiece, unigram_model.cc).
                spelling.Add(new UnigramPiece(text, id, (System.Text.Encoding.UTF8.GetByteCount(text) * highest) - 0.1, IsExempt: true));
            }
        }

        return new UnigramModel(
            vocabulary, spelling, new UnigramOptions { UnknownId = unknown, ByteFallback = HasBytes(pieces, vocabulary), IsSentencePiece = true }, pieces.Location);
    }

    private static bool HasBytes(TokenizerPieces pieces, Vocabulary vocabulary)
    {
        int[] ids = ByteTokens.Ids(vocabulary);
        return ids.All(id => id >= 0 && (pieces.Kinds is null || pieces.Kinds[id] == PieceKind.Byte));
    }
}
