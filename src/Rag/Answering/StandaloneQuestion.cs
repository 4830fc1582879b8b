using Microsoft.Extensions.AI;
using Rag.Matching;

namespace Rag.Answering;

/// <summary>
/// What to search for when a question leans on the one before it: "And in winter?" is searched with the earlier question in
/// front. By rule, not by a model: a question of at most two words that mean something, or one that points back ("it", "they").
/// </summary>
internal static class StandaloneQuestion
{
    private const int FewTerms = 2;

    /// <summary>The question by itself, or with the one before it.</summary>
    public static string Of(Question question)
    {
        string? previous = question.History.LastOrDefault(message => message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.Text))?.Text;
        return previous is null || !Leans(question.Text) ? question.Text : $"{previous.Trim()}\n{question.Text}";
    }

    private static bool Leans(string question) =>
        Terms.ContentOf(question).Count <= FewTerms || Terms.Of(question).Any(FunctionWords.PointsBack);
}
