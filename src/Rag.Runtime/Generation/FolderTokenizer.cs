using Rag.Models;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation;

/// <summary>The tokenizer of a model, wherever the model keeps it.</summary>
internal static class FolderTokenizer
{
    /// <exception cref="UnavailableException">The model has none.</exception>
    /// <exception cref="UnsupportedException">It is of a kind that is not supported.</exception>
    public static Tokenizer Load(ModelFolder folder)
    {
        if (folder.TokenizerPath is { } path)
        {
            return Tokenizer.Load(path);
        }

        throw folder.GgufTokenizer is { } pieces
            ? new UnsupportedException($"The tokenizer in the metadata of {folder.FolderPath} is of the kind '{pieces.Model}' (tokenizer.ggml.model), which is not supported; open the model from a folder with tokenizer.json.", folder.FolderPath)
            : new UnavailableException($"The model folder {folder.FolderPath} has no tokenizer.json.", folder.FolderPath);
    }
}
