using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Generation;

/// <summary>The texts in messages and variables that come from outside.</summary>
internal static class TurnTexts
{
    /// <summary>Every text of a message.</summary>
    public static IEnumerable<string> Of(ChatTurn turn) =>
        ((IEnumerable<string?>)[turn.Content, turn.Reasoning, turn.ToolCallId, turn.Name]).OfType<string>()
        .Concat(turn.ToolCalls.SelectMany(call => (IEnumerable<string>)[call.Id, call.Name, .. call.Arguments.SelectMany(argument => Of(argument.Value).Append(argument.Key))]));

    /// <summary>Every text of a value.</summary>
    public static IEnumerable<string> Of(object? value) => value switch
    {
        string text => [text],
        IReadOnlyDictionary<string, object?> map => map.SelectMany(item => Of(item.Value).Append(item.Key)),
        IEnumerable<object?> list => list.SelectMany(Of),
        _ => [],
    };

    /// <summary>The message with other texts in place of its own.</summary>
    public static ChatTurn Map(ChatTurn turn, Func<string, string> map) => turn with
    {
        Content = map(turn.Content),
        Reasoning = turn.Reasoning is null ? null : map(turn.Reasoning),
        ToolCallId = turn.ToolCallId is null ? null : map(turn.ToolCallId),
        Name = turn.Name is null ? null : map(turn.Name),
        ToolCalls = [.. turn.ToolCalls.Select(call => new ChatToolCall(map(call.Id), map(call.Name), Map(call.Arguments, map)))],
    };

    /// <summary>The values with other texts in place of their own, keys too.</summary>
    public static Dictionary<string, object?> Map(IReadOnlyDictionary<string, object?> values, Func<string, string> map)
    {
        Dictionary<string, object?> mapped = new(StringComparer.Ordinal);
        foreach ((string key, object? value) in values)
        {
            mapped[map(key)] = Map(value, map);
        }

        return mapped;
    }

    private static object? Map(object? value, Func<string, string> map) => value switch
    {
        string text => map(text),
        IReadOnlyDictionary<string, object?> values => Map(values, map),
        IEnumerable<object?> list => list.Select(item => Map(item, map)).ToList(),
        _ => value,
    };
}
