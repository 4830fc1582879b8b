using System.Globalization;
using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Pieces;

/// <summary>Byte-level BPE from pieces and merges.</summary>
internal static class ByteLevelBuilder
{
    public static Tokenizer Build(TokenizerPieces pieces)
    {
        SplitRule rule = SplitRule.Named(pieces.PreTokenizer, pieces.Location);
        var vocabulary = new Vocabulary(pieces.Tokens);
        IReadOnlyList<string> listed = pieces.Merges ?? throw PiecesBuilder.Corrupt(pieces, "it has no merges");
        var merges = new MergeTable(listed.Count);
        for (int rank = 0; rank < listed.Count; rank++)
        {
            string merge = listed[rank];
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == merge.Length - 1)
            {
                throw PiecesBuilder.Corrupt(pieces, string.Create(CultureInfo.InvariantCulture, $"merge {rank} is not two pieces"));
            }

            (int left, int right, int merged) = (vocabulary.Find(merge.AsSpan(0, space)), vocabulary.Find(merge.AsSpan(space + 1)), vocabulary.Find(merge.Remove(space, 1)));
            if (left < 0 || right < 0 || merged < 0)
            {
                throw PiecesBuilder.Corrupt(pieces, string.Create(CultureInfo.InvariantCulture, $"merge {rank} speaks of a piece that the vocabulary lacks"));
            }

            merges.Set(left, right, rank, merged);
        }

        var model = new BpeModel(vocabulary, merges, new BpeOptions { IgnoreMerges = rule.IgnoreMerges }, pieces.Location);
        var added = new AddedVocabulary(PiecesBuilder.AddedTokens(pieces, PiecesBuilder.UnknownId(pieces)), vocabulary, rule.Normalizer);
        IPreTokenizer bytes = new ByteLevelPreTokenizer(pieces.AddSpacePrefix ?? false, useRegex: false);
        return new Tokenizer(
            new EncodePipeline(added, rule.Normalizer, new SequencePreTokenizer([.. rule.Splits(pieces.Location), bytes]), model),
            PiecesBuilder.Around(pieces, pieces.AddBegin ?? (rule.AddBegin && pieces.BeginId is not null), pieces.AddEnd ?? false, endAfterFirst: false),
            new DecoderPlan(() => [new ByteLevelStage()]),
            PiecesBuilder.Fingerprint(pieces));
    }
}
