using System.Globalization;
using System.Security.Cryptography;
using Rag.Tokenizers.Models;

namespace Rag.Tokenizers.SentencePiece;

/// <summary>Reads SentencePiece's .model files (google/sentencepiece, sentencepiece_model.proto): unigram and BPE.</summary>
internal static class SentencePieceReader
{
    public static TokenizerPieces Read(ReadOnlySpan<byte> content, string location, bool addBegin, bool addEnd)
    {
        List<string> tokens = [];
        List<float> scores = [];
        List<PieceKind> kinds = [];
        var trainer = new TrainerSpec();
        var normalizer = new NormalizerSpec();
        var reader = new ProtobufReader(content, 0, location);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when tokens.Count > Vocabulary.MaxId:
                    throw new LimitExceededException(nameof(Vocabulary.MaxId), Vocabulary.MaxId, tokens.Count, location);
                case 1:
                    ReadPiece(reader.Message(), tokens, scores, kinds);
                    break;
                case 2:
                    trainer = TrainerSpec.Read(reader.Message());
                    break;
                case 3:
                    normalizer = NormalizerSpec.Read(reader.Message());
                    break;
                case 5 when !NormalizerSpec.Read(reader.Message()).Rules.IsEmpty:
                    throw new UnsupportedException($"{location} has rules that rewrite decoded text, which are not supported.", location);
            }
        }

        if (tokens.Count == 0)
        {
            throw new CorruptException($"{location} is not a SentencePiece model: it has no pieces.", location);
        }

        if (trainer.SpaceAsSuffix)
        {
            throw new UnsupportedException($"{location} writes spaces after words (treat_whitespace_as_suffix), which is not supported.", location);
        }

        return new TokenizerPieces
        {
            Kind = trainer.ModelType switch
            {
                1 => TokenizerKind.T5,
                2 => TokenizerKind.Llama,
                _ => throw new UnsupportedException(string.Create(CultureInfo.InvariantCulture, $"{location} is a SentencePiece model of type {trainer.ModelType}; unigram (1) and BPE (2) are supported."), location),
            },
            Tokens = tokens,
            Scores = scores,
            Kinds = kinds,
            NormalizationRules = normalizer.Rules,
            AddSpacePrefix = normalizer.AddSpacePrefix,
            RemoveExtraSpaces = normalizer.RemoveExtraSpaces,
            EscapeSpaces = normalizer.EscapeSpaces,
            UserDefinedInText = true,
            BeginId = Id(trainer.BeginId, tokens.Count),
            EndId = Id(trainer.EndId, tokens.Count),
            AddBegin = addBegin,
            AddEnd = addEnd,
            UnknownText = trainer.UnknownText,
            Location = location,
            Fingerprint = Convert.ToHexStringLower(SHA256.HashData(content)),
        };
    }

    private static int? Id(int id, int count) => id >= 0 && id < count ? id : null;

    private static void ReadPiece(ProtobufReader reader, List<string> tokens, List<float> scores, List<PieceKind> kinds)
    {
        string text = "";
        float score = 0;
        int kind = 1;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.Text();
                    break;
                case 2:
                    score = reader.Float();
                    break;
                case 3:
                    kind = reader.Int();
                    break;
            }
        }

        if (text.Length == 0 || !float.IsFinite(score) || kind is < (int)PieceKind.Normal or > (int)PieceKind.Byte)
        {
            throw reader.Corrupt(string.Create(CultureInfo.InvariantCulture, $"has a piece '{text}' of score {score} and type {kind}"));
        }

        tokens.Add(text);
        scores.Add(score);
        kinds.Add((PieceKind)kind);
    }
}
