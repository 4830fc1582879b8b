using Rag.Models;
using Rag.Models.Formats.Gguf;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation;

/// <summary>The tokenizer of a model, wherever the model keeps it.</summary>
internal static class FolderTokenizer
{
    /// <exception cref="UnavailableException">The model has none.</exception>
    /// <exception cref="UnsupportedException">It is of a kind that is not supported.</exception>
    /// <exception cref="CorruptException">Its pieces contradict each other.</exception>
    public static Tokenizer Load(ModelFolder folder)
    {
        if (folder.TokenizerPath is { } path)
        {
            return Tokenizer.Load(path);
        }

        return folder.GgufTokenizer is { } pieces
            ? Tokenizer.FromPieces(Pieces(pieces, folder.FolderPath))
            : throw new UnavailableException($"The model {folder.FolderPath} has no tokenizer: a folder needs tokenizer.json, a GGUF file a vocabulary in its metadata.", folder.FolderPath);
    }

    private static TokenizerPieces Pieces(GgufTokenizer gguf, string location)
    {
        TokenizerKind kind = Kind(gguf, location);
        int? end = gguf.EosTokenIds is [var first, ..] ? first : null;
        return new TokenizerPieces
        {
            Kind = kind,
            Tokens = gguf.Tokens,
            Scores = gguf.Scores.Count > 0 ? gguf.Scores : null,
            Kinds = gguf.TokenTypes.Count > 0 ? [.. gguf.TokenTypes.Select(type => type is >= 1 and <= 6 ? (PieceKind)type : PieceKind.Normal)] : null,
            Merges = gguf.Merges.Count > 0 ? gguf.Merges : null,
            PreTokenizer = gguf.PreTokenizer,
            NormalizationRules = gguf.PrecompiledCharsmap.ToArray(),
            AddSpacePrefix = gguf.AddSpacePrefix,
            RemoveExtraSpaces = gguf.RemoveExtraWhitespaces,
            BeginId = gguf.BosTokenId,
            EndId = kind == TokenizerKind.Bert ? gguf.SeparatorTokenId ?? end : end,
            UnknownId = gguf.UnknownTokenId,
            AddBegin = gguf.AddBosToken,
            AddEnd = gguf.AddEosToken,
            Location = location,
        };
    }

    private static TokenizerKind Kind(GgufTokenizer gguf, string location) => gguf.Model switch
    {
        "llama" => TokenizerKind.Llama,
        "gpt2" => TokenizerKind.Gpt2,
        "bert" => TokenizerKind.Bert,
        "t5" => TokenizerKind.T5,
        _ => throw new UnsupportedException(
            $"The tokenizer in the metadata of {location} is of the kind '{gguf.Model}' (tokenizer.ggml.model), which is not supported; llama, gpt2, bert and t5 are.", location),
    };
}
