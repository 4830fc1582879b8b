using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Chunks;

namespace Rag.Prompting;

/// <summary>
/// Keeps as many of the latest turns as a budget allows. Only what persons and models said stays; a model's references go,
/// since they number the sources of another question. The first turn kept is a person's, and turns alternate, as templates demand.
/// </summary>
internal static class HistoryTrimmer
{
    /// <summary>The turns that fit, oldest first.</summary>
    public static List<ChatMessage> Trim(IReadOnlyList<ChatMessage> history, int budget, ITokenCounter counter, int messageTokens)
    {
        List<ChatMessage> turns = Alternate(history);
        int first = turns.Count, used = 0;
        while (first >= 2)
        {
            int cost = counter.Count(turns[first - 2].Text) + counter.Count(turns[first - 1].Text) + (2 * messageTokens);
            if (used + cost > budget)
            {
                break;
            }

            used += cost;
            first -= 2;
        }

        return turns.GetRange(first, turns.Count - first);
    }

    /// <summary>Pairs of a question and its answer; what has no counterpart is left out, of several in a row the last is taken.</summary>
    private static List<ChatMessage> Alternate(IReadOnlyList<ChatMessage> history)
    {
        List<ChatMessage> turns = [];
        string? question = null;
        foreach (ChatMessage message in history)
        {
            if (message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.Text))
            {
                question = message.Text;
            }
            else if (message.Role == ChatRole.Assistant && question is not null && !string.IsNullOrWhiteSpace(message.Text))
            {
                turns.Add(new ChatMessage(ChatRole.User, question));
                turns.Add(new ChatMessage(ChatRole.Assistant, References.Remove(message.Text)));
                question = null;
            }
        }

        return turns;
    }
}
