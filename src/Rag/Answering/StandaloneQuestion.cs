using Microsoft.Extensions.AI;
using Rag.Matching;

namespace Rag.Answering;

/// <summary>
/// What to search for when a question leans on the one before it: "And in winter?" is searched with the earlier question in
/// front. By rule, not by a model: a question that points back ("it", "they"), goes on ("and …", "what about …"), or is too
/// short to stand alone ("In winter?"). "Who is the director?" stands alone.
/// </summary>
internal static class StandaloneQuestion
{
    private const int FewWords = 3;
    private static readonly string[] GoingOn = ["and ", "but ", "or ", "so ", "what about ", "how about ", "what else", "why not"];

    /// <summary>The question by itself, or with the one before it.</summary>
    public static string Of(Question question)
    {
        string? previous = question.History.LastOrDefault(message => message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.Text))?.Text;
        return previous is null || !Leans(question.Text) ? question.Text : $"{previous.Trim()}\n{question.Text}";
    }

    private static bool Leans(string question)
    {
        int content = Terms.ContentOf(question).Count;
        return content == 0
            || (content == 1 && question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length <= FewWords)
            || GoingOn.Any(start => question.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase))
            || Terms.Of(question).Any(FunctionWords.PointsBack);
    }
}
