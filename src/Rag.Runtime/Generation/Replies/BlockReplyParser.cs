using System.Text;

namespace Rag.Runtime.Generation.Replies;

/// <summary>Parses replies in which reasoning and calls stand between markers.</summary>
internal sealed class BlockReplyParser : IReplyParser
{
    /// <summary>Characters of one call; a longer one is text.</summary>
    public const int MostCallCharacters = 1 << 18;

    private readonly IReadOnlyList<ReplyBlock> _blocks;
    private readonly string[] _markers;
    private readonly IReadOnlyList<string> _dropped;
    private readonly ToolSet _tools;
    private readonly MarkerBuffer _buffer = new();
    private readonly StringBuilder _call = new();
    private ReplyBlock? _inside;

    // White space behind a marker is no part of what follows it.
    private bool _skipsWhiteSpace;
    private bool _hasAnswer;
    private bool _lineHasText;

    /// <param name="blocks">What to look for. Blocks with calls are passed over where no tool is offered.</param>
    /// <param name="dropped">Markers that only frame the answer.</param>
    /// <param name="tools">The tools that were offered.</param>
    /// <param name="inside">The block that the prompt has begun; null for none.</param>
    public BlockReplyParser(IEnumerable<ReplyBlock> blocks, IReadOnlyList<string> dropped, ToolSet tools, ReplyBlock? inside)
    {
        _blocks = [.. blocks.Where(block => block.Calls is null || !tools.IsEmpty)];
        _dropped = dropped;
        _markers = [.. _blocks.Select(block => block.Start), .. dropped];
        _tools = tools;
        _inside = inside;
        _skipsWhiteSpace = inside is not null;
    }

    public void Append(string text, ReplyContents contents)
    {
        foreach (char c in text)
        {
            if (_inside is { Calls: not null } block)
            {
                AppendCall(c, block, contents);
            }
            else if (!_skipsWhiteSpace || _buffer.Length > 0 || !char.IsWhiteSpace(c))
            {
                _skipsWhiteSpace = false;
                _buffer.Append(c);
                Scan(contents);
            }
        }
    }

    public void Flush(ReplyContents contents)
    {
        if (_inside is { Calls: not null } block)
        {
            EndCall(block, endLength: 0, contents);
        }

        string rest = _buffer.Take(_buffer.Length);
        Emit(_inside is null ? rest : rest.AsSpan().TrimEnd(), contents);
    }

    private void Scan(ReplyContents contents)
    {
        if (_inside is { } reasoning)
        {
            if (_buffer.EndsWith(reasoning.End!))
            {
                Emit(_buffer.Take(_buffer.Length).AsSpan()[..^reasoning.End!.Length].TrimEnd(), contents);
                _inside = null;
                _skipsWhiteSpace = true;
                return;
            }

            Emit(_buffer.Take(_buffer.Certain([reasoning.End!])), contents);
            return;
        }

        if (Began() is { } block)
        {
            Begin(block, contents);
        }
        else if (_dropped.FirstOrDefault(_buffer.EndsWith) is { } marker)
        {
            Emit(_buffer.Take(_buffer.Length).AsSpan()[..^marker.Length].TrimEnd(), contents);
            _skipsWhiteSpace = true;
        }
        else
        {
            Emit(_buffer.Take(_buffer.Certain(_markers)), contents);
        }
    }

    private ReplyBlock? Began()
    {
        foreach (ReplyBlock block in _blocks)
        {
            if (_buffer.EndsWith(block.Start) && IsPlace(block.Place, _buffer.Length - block.Start.Length))
            {
                return block;
            }
        }

        return null;
    }

    private void Begin(ReplyBlock block, ReplyContents contents)
    {
        Emit(_buffer.Take(_buffer.Length).AsSpan()[..^block.Start.Length].TrimEnd(), contents);
        _inside = block;
        _skipsWhiteSpace = true;
        _call.Clear();
        if (block.KeepsStart)
        {
            _call.Append(block.Start);
        }
    }

    private bool IsPlace(BlockPlace place, int before)
    {
        if (place == BlockPlace.Anywhere)
        {
            return true;
        }

        for (int i = before - 1; i >= 0; i--)
        {
            if (place == BlockPlace.Line && _buffer[i] == '\n')
            {
                return true;
            }

            if (!char.IsWhiteSpace(_buffer[i]))
            {
                return false;
            }
        }

        return place == BlockPlace.Line ? !_lineHasText : !_hasAnswer;
    }

    private void AppendCall(char c, ReplyBlock block, ReplyContents contents)
    {
        _call.Append(c);
        if (block.End is { } end && _call.Length >= end.Length && _call[^1] == end[^1] && _call.ToString(_call.Length - end.Length, end.Length) == end)
        {
            EndCall(block, end.Length, contents);
        }
        else if (_call.Length > MostCallCharacters)
        {
            Answer(block, contents);
        }
    }

    private void EndCall(ReplyBlock block, int endLength, ReplyContents contents)
    {
        if (block.Calls!(_call.ToString(0, _call.Length - endLength), _tools) is not { Count: > 0 } calls)
        {
            Answer(block, contents);
            return;
        }

        foreach (ToolCall call in calls)
        {
            contents.Call(call);
        }

        _call.Clear();
        _inside = null;
        _hasAnswer = true;
    }

    // What turned out to be no call is what it was before: text.
    private void Answer(ReplyBlock block, ReplyContents contents)
    {
        _inside = null;
        _skipsWhiteSpace = false;
        Emit((block.KeepsStart ? "" : block.Start) + _call, contents);
        _call.Clear();
    }

    private void Emit(ReadOnlySpan<char> text, ReplyContents contents)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (_inside is not null)
        {
            contents.Reasoning(text);
            return;
        }

        contents.Answer(text);
        _hasAnswer = true;
        int line = text.LastIndexOf('\n');
        _lineHasText = (line < 0 && _lineHasText) || !text[(line + 1)..].IsWhiteSpace();
    }
}
