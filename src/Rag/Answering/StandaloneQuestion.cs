using Microsoft.Extensions.AI;
using Rag.Matching;

namespace Rag.Answering;

/// <summary>
/// What a question means that leans on the ones before it: "And in winter?" is searched with the last question that stood alone
/// in front, and read with that one's topic behind. By rule, not by a model: a question leans that points back ("it", "they"),
/// goes on ("and …", "what about …"), or is too short to stand alone ("In winter?"). "Who is the director?" stands alone.
/// </summary>
internal static class StandaloneQuestion
{
    private const int FewWords = 3;
    private const int LongestTopicAnswer = 60;
    private static readonly string[] GoingOn = ["and ", "but ", "or ", "so ", "what about ", "how about ", "what else", "why not"];
    private static readonly string[] QuestionWords = ["who", "whom", "whose", "what", "when", "where", "which", "why", "how"];

    /// <summary>The question by itself, or with the one that it leans on: what to search for.</summary>
    public static string Of(Question question) =>
        Leans(question.Text) && Topic(question) is { } topic ? $"{topic.Question}\n{question.Text}" : question.Text;

    /// <summary>
    /// The question as a reader should see it: one question, not two. "And when?" after "Who founded the school?" is "when founded
    /// the school?"; "How heavy is it?" carries the words that "it" may stand for.
    /// </summary>
    public static string ForReading(Question question)
    {
        if (!Leans(question.Text) || Topic(question) is not { } topic)
        {
            return question.Text;
        }

        string asked = WithoutGoingOn(question.Text.Trim());
        string[] words = Words(topic.Question);
        string rest = string.Join(' ', words is [var opening, ..] && IsQuestionWord(opening) ? words[1..] : words);
        if (Terms.ContentOf(asked).Count == 0 && Words(asked) is [var first, ..] && IsQuestionWord(first))
        {
            return $"{asked.TrimEnd('?', ' ')} {rest}";
        }

        string[] subject = [.. words.Where((word, i) => i > 0 && !FunctionWords.Contains(word.Trim('?', '.', ',', '!').ToLowerInvariant()))];
        return string.Join(' ', [asked, .. subject, topic.Answer]).TrimEnd();
    }

    /// <summary>The last question that stood alone, and what was answered to the last one where that was short.</summary>
    private static (string Question, string Answer)? Topic(Question question)
    {
        string[] questions = [.. question.History.Where(message => message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.Text)).Select(message => message.Text)];
        string? asked = questions.LastOrDefault(text => !Leans(text)) ?? questions.LastOrDefault();
        string said = question.History.LastOrDefault(message => message.Role == ChatRole.Assistant)?.Text ?? "";
        said = References.Remove(said).Trim();
        return asked is null ? null : (asked.Trim(), said.Length <= LongestTopicAnswer && !Refusal.Is(said, Refusal.DefaultSentence) ? said : "");
    }

    private static bool Leans(string question)
    {
        int content = Terms.ContentOf(question).Count;
        return content == 0
            || (content == 1 && Words(question).Length <= FewWords)
            || GoingOn.Any(start => question.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase))
            || Terms.Of(question).Any(FunctionWords.PointsBack);
    }

    private static string WithoutGoingOn(string question)
    {
        string? start = GoingOn.FirstOrDefault(start => start.EndsWith(' ') && question.StartsWith(start, StringComparison.OrdinalIgnoreCase));
        return start is null ? question : question[start.Length..].TrimStart();
    }

    private static bool IsQuestionWord(string word) => QuestionWords.Contains(word.TrimEnd('?'), StringComparer.OrdinalIgnoreCase);

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
