using System.Text;

namespace Rag.Runtime.Generation.Replies;

/// <summary>
/// Parses replies in the harmony form of gpt-oss: messages with a header that names a channel and perhaps a recipient
/// (OpenAI harmony response format). "analysis" is reasoning, "final" and "commentary" are answer, a recipient
/// "functions.name" makes a message a call.
/// </summary>
internal sealed class HarmonyReplyParser(ToolSet tools) : IReplyParser
{
    /// <summary>The special tokens of the form.</summary>
    public static readonly string[] Markers = ["<|start|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|end|>", "<|call|>", "<|return|>"];

    private const int MostHeader = 512;
    private const string Message = "<|message|>";
    private const string Recipient = "to=";
    private const string Functions = "functions.";
    private static readonly string[] Ends = ["<|end|>", "<|call|>", "<|return|>", "<|start|>"];

    // The prompt ends with "<|start|>assistant".
    private static readonly string[] FirstBeginnings = ["<|channel|>", "<|message|>", " to="];
    private static readonly string[] LaterBeginnings = ["<|start|>"];
    private readonly StringBuilder _header = new();
    private readonly StringBuilder _call = new();
    private readonly MarkerBuffer _buffer = new();
    private State _state = State.FirstHeader;
    private string _name = "";

    private enum State
    {
        FirstHeader,
        Header,
        Answer,
        Reasoning,
        Call,
    }

    /// <summary>Whether a template is of a model that writes this form.</summary>
    public static bool Matches(string template) =>
        template.Contains("<|channel|>", StringComparison.Ordinal) && template.Contains(Message, StringComparison.Ordinal) && template.Contains("<|start|>", StringComparison.Ordinal);

    public void Append(string text, ReplyContents contents)
    {
        foreach (char c in text)
        {
            switch (_state)
            {
                case State.FirstHeader or State.Header:
                    AppendHeader(c, contents);
                    break;
                case State.Call:
                    _call.Append(c);
                    if (Ended(_call) is { } end)
                    {
                        _call.Length -= end.Length;
                        EndCall(contents);
                        BeginHeader(end);
                    }
                    else if (_call.Length > BlockReplyParser.MostCallCharacters)
                    {
                        Answer(contents, _call);
                    }

                    break;
                default:
                    AppendText(c, contents);
                    break;
            }
        }
    }

    public void Flush(ReplyContents contents)
    {
        switch (_state)
        {
            case State.Call:
                EndCall(contents);
                break;
            case State.FirstHeader when !_header.ToString().StartsWith('<'):
                contents.Answer(_header.ToString());
                break;
            default:
                Emit(_buffer.Take(_buffer.Length), contents);
                break;
        }
    }

    private void AppendHeader(char c, ReplyContents contents)
    {
        _header.Append(c);
        string header = _header.ToString();
        string[] beginnings = _state == State.FirstHeader ? FirstBeginnings : LaterBeginnings;
        if (!Array.Exists(beginnings, beginning => beginning.StartsWith(header, StringComparison.Ordinal) || header.StartsWith(beginning, StringComparison.Ordinal)))
        {
            // A model that does not keep to the form.
            Answer(contents, _header);
        }
        else if (header.EndsWith(Message, StringComparison.Ordinal))
        {
            _header.Clear();
            BeginMessage(header[..^Message.Length]);
        }
        else if (_header.Length > MostHeader)
        {
            Answer(contents, _header);
        }
    }

    private void BeginMessage(string header)
    {
        int recipient = header.IndexOf(Recipient, StringComparison.Ordinal);
        int channel = header.IndexOf("<|channel|>", StringComparison.Ordinal);
        string named = channel < 0 ? "final" : Word(header[(channel + "<|channel|>".Length)..]);
        string to = recipient < 0 ? "" : Word(header[(recipient + Recipient.Length)..]);
        _name = to.StartsWith(Functions, StringComparison.Ordinal) ? to[Functions.Length..] : to;
        _call.Clear();
        _state = to.Length > 0 && tools.Offers(_name) ? State.Call
            : named == "analysis" ? State.Reasoning
            : State.Answer;
    }

    private void AppendText(char c, ReplyContents contents)
    {
        _buffer.Append(c);
        if (Array.Find(Ends, _buffer.EndsWith) is { } end)
        {
            Emit(_buffer.Take(_buffer.Length - end.Length), contents);
            _buffer.Take(end.Length);
            BeginHeader(end);
            return;
        }

        Emit(_buffer.Take(_buffer.Certain(Ends)), contents);
    }

    private void BeginHeader(string end)
    {
        _state = State.Header;
        _header.Clear();
        _header.Append(end == "<|start|>" ? end : "");
    }

    private void EndCall(ReplyContents contents)
    {
        string text = _call.ToString();
        if ((string.IsNullOrWhiteSpace(text) ? [] : JsonCalls.ReadArguments(text)) is { } arguments)
        {
            contents.Call(new ToolCall(_name, arguments));
        }
        else
        {
            contents.Answer(text);
        }

        _call.Clear();
    }

    private void Answer(ReplyContents contents, StringBuilder text)
    {
        contents.Answer(text.ToString());
        text.Clear();
        _state = State.Answer;
    }

    private void Emit(string text, ReplyContents contents)
    {
        if (_state == State.Reasoning)
        {
            contents.Reasoning(text);
        }
        else if (_state == State.Answer)
        {
            contents.Answer(text);
        }
    }

    private static string? Ended(StringBuilder text)
    {
        if (text[^1] != '>')
        {
            return null;
        }

        string tail = text.ToString(Math.Max(0, text.Length - 16), Math.Min(16, text.Length));
        return Array.Find(Ends, end => tail.EndsWith(end, StringComparison.Ordinal));
    }

    private static string Word(string text)
    {
        int end = text.AsSpan().IndexOfAny(" \t\r\n<");
        return end < 0 ? text : text[..end];
    }
}
