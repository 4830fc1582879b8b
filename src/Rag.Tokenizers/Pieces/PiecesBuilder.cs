using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.PostProcessing;

namespace Rag.Tokenizers.Pieces;

/// <summary>Puts a tokenizer together from its pieces.</summary>
internal static class PiecesBuilder
{
    public static Tokenizer Build(TokenizerPieces pieces)
    {
        Check(pieces);
        return pieces.Kind switch
        {
            TokenizerKind.Llama or TokenizerKind.T5 => SentencePieceBuilder.Build(pieces),
            TokenizerKind.Gpt2 => ByteLevelBuilder.Build(pieces),
            TokenizerKind.Bert => WordPieceBuilder.Build(pieces),
            _ => throw new UnsupportedException($"{pieces.Location}: there is no tokenizer of kind '{pieces.Kind}'.", pieces.Location),
        };
    }

    public static PieceKind Kind(TokenizerPieces pieces, int id) => pieces.Kinds?[id] ?? PieceKind.Normal;

    /// <summary>The id of the unknown token, or -1.</summary>
    public static int UnknownId(TokenizerPieces pieces)
    {
        if (pieces.UnknownId is { } stated)
        {
            return stated;
        }

        for (int id = 0; pieces.Kinds is not null && id < pieces.Kinds.Count; id++)
        {
            if (pieces.Kinds[id] == PieceKind.Unknown)
            {
                return id;
            }
        }

        return -1;
    }

    /// <summary>Pieces that are recognised in the text itself: control tokens, and user-defined ones unless the model finds those.</summary>
    public static IEnumerable<AddedToken> AddedTokens(TokenizerPieces pieces, int unknown)
    {
        for (int id = 0; id < pieces.Tokens.Count; id++)
        {
            PieceKind kind = Kind(pieces, id);
            bool special = kind == PieceKind.Control || (kind == PieceKind.Unknown && pieces.Kind != TokenizerKind.Llama && pieces.Kind != TokenizerKind.T5 && id == unknown);
            if (special || (kind == PieceKind.UserDefined && !pieces.UserDefinedInText))
            {
                yield return new AddedToken(id, pieces.Tokens[id], SingleWord: false, LeftStrip: false, RightStrip: false, Normalized: false, special);
            }
        }
    }

    /// <summary>The tokens around a text.</summary>
    public static PostProcessor Around(TokenizerPieces pieces, bool addBegin, bool addEnd, bool endAfterFirst) =>
        Around(pieces, pieces.BeginId, pieces.EndId, addBegin, addEnd, endAfterFirst);

    public static PostProcessor Around(TokenizerPieces pieces, int? beginId, int? endId, bool addBegin, bool addEnd, bool endAfterFirst)
    {
        int secondType = pieces.Kind == TokenizerKind.T5 ? 0 : 1;
        List<SpecialToken> begin = Token(addBegin, beginId, nameof(pieces.BeginId), pieces, 0);
        List<SpecialToken> end = Token(addEnd, endId, nameof(pieces.EndId), pieces, 0);
        List<SpecialToken> lastEnd = Token(addEnd, endId, nameof(pieces.EndId), pieces, secondType);
        return new PostProcessor(
            [.. begin, PostProcessor.Text(0), .. end],
            [.. begin, PostProcessor.Text(0), .. endAfterFirst ? end : [], PostProcessor.Text(secondType, second: true), .. lastEnd],
            null);
    }

    public static string Fingerprint(TokenizerPieces pieces)
    {
        if (pieces.Fingerprint is not null)
        {
            return pieces.Fingerprint;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(number, (int)pieces.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(number[4..], pieces.Tokens.Count);
        hash.AppendData(number);
        for (int id = 0; id < pieces.Tokens.Count; id++)
        {
            Text(pieces.Tokens[id], hash);
            BinaryPrimitives.WriteSingleLittleEndian(number, pieces.Scores?[id] ?? 0);
            BinaryPrimitives.WriteInt32LittleEndian(number[4..], (int)Kind(pieces, id));
            hash.AppendData(number);
        }

        foreach (string merge in pieces.Merges ?? [])
        {
            Text(merge, hash);
        }

        Text(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{pieces.PreTokenizer}|{pieces.AddSpacePrefix}|{pieces.RemoveExtraSpaces}|{pieces.EscapeSpaces}|{pieces.UserDefinedInText}|{pieces.Lowercase}|{pieces.BeginId}|{pieces.EndId}|{pieces.UnknownId}|{pieces.AddBegin}|{pieces.AddEnd}|{pieces.UnknownText}"),
            hash);
        hash.AppendData(pieces.NormalizationRules.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static CorruptException Corrupt(TokenizerPieces pieces, string fault) => new($"{pieces.Location} is not a sound tokenizer: {fault}.", pieces.Location);

    private static void Text(string text, IncrementalHash hash)
    {
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }

    private static List<SpecialToken> Token(bool wanted, int? id, string name, TokenizerPieces pieces, int typeId) =>
        !wanted ? [] : id is { } known ? [new SpecialToken(known, pieces.Tokens[known], typeId)] : throw Corrupt(pieces, $"a token is to be added around texts, and {name} does not say which");

    private static void Check(TokenizerPieces pieces)
    {
        int count = pieces.Tokens.Count;
        if (count is 0 or > Vocabulary.MaxId)
        {
            throw Corrupt(pieces, string.Create(CultureInfo.InvariantCulture, $"it has {count} pieces"));
        }

        if (pieces.Scores is { } scores && (scores.Count != count || scores.Any(score => !float.IsFinite(score))))
        {
            throw Corrupt(pieces, string.Create(CultureInfo.InvariantCulture, $"its {scores.Count} scores are not one finite number for each of its {count} pieces"));
        }

        if (pieces.Kinds is { } kinds && kinds.Count != count)
        {
            throw Corrupt(pieces, string.Create(CultureInfo.InvariantCulture, $"it has {kinds.Count} kinds for {count} pieces"));
        }

        foreach ((string name, int? id) in new[] { (nameof(pieces.BeginId), pieces.BeginId), (nameof(pieces.EndId), pieces.EndId), (nameof(pieces.UnknownId), pieces.UnknownId) })
        {
            if (id is { } stated && (stated < 0 || stated >= count))
            {
                throw Corrupt(pieces, string.Create(CultureInfo.InvariantCulture, $"{name} is {stated} among {count} pieces"));
            }
        }
    }
}
