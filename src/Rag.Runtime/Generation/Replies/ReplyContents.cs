using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Replies;

/// <summary>The contents of one update. Adjacent texts of one kind are one content.</summary>
/// <param name="newId">Names a call that the model gave no name.</param>
/// <param name="hidesReasoning">Whether reasoning is left out.</param>
internal sealed class ReplyContents(Func<string> newId, bool hidesReasoning = false)
{
    private readonly List<AIContent> _contents = [];
    private readonly StringBuilder _text = new();
    private bool _reasoning;

    public ReplyContents()
        : this(Counter())
    {
    }

    public void Answer(ReadOnlySpan<char> text) => Add(text, reasoning: false);

    public void Reasoning(ReadOnlySpan<char> text)
    {
        if (!hidesReasoning)
        {
            Add(text, reasoning: true);
        }
    }

    public void Call(ToolCall call)
    {
        Close();
        _contents.Add(new FunctionCallContent(call.Id ?? newId(), call.Name, call.Arguments));
    }

    /// <summary>Gives out what was added since the last time.</summary>
    public IList<AIContent> Take()
    {
        Close();
        List<AIContent> taken = [.. _contents];
        _contents.Clear();
        return taken;
    }

    private static Func<string> Counter()
    {
        int count = 0;
        return () => string.Create(CultureInfo.InvariantCulture, $"call{++count:00000}");
    }

    private void Add(ReadOnlySpan<char> text, bool reasoning)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (_reasoning != reasoning)
        {
            Close();
            _reasoning = reasoning;
        }

        _text.Append(text);
    }

    private void Close()
    {
        if (_text.Length > 0)
        {
            _contents.Add(_reasoning ? new TextReasoningContent(_text.ToString()) : new TextContent(_text.ToString()));
            _text.Clear();
        }
    }
}
