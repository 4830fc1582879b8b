namespace Rag.Tokenizers.Models;

/// <summary>A piece of a unigram vocabulary.</summary>
/// <param name="Text">Its spelling.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">Its log probability.</param>
/// <param name="IsExempt">Whether its score is not one of the model's and says nothing about the least.</param>
internal readonly record struct UnigramPiece(string Text, int Id, double Score, bool IsExempt = false);
