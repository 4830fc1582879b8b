namespace Rag.Documents;

/// <summary>
/// Reads the part of YAML that people put above Markdown: names at the line's beginning with one value or a flat list, in one pass and in one level. What
/// nests, spans lines (block and folded scalars), or has anchors and tags is left out, name and all, and so is a name that documents have of their own: what a
/// document says of itself gives nobody access. Nothing in it is an error.
/// </summary>
internal sealed class FrontMatterReader
{
    /// <summary>What stands behind so many UTF-16 code units is not looked at.</summary>
    public const int MaxLength = 64 << 10;

    private readonly Dictionary<string, MetadataValue> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    // The name that is open: its value, or the texts of its list.
    private string? _name;
    private YamlScalar _value;
    private bool _hasValue;
    private List<string>? _items;
    private bool _isSimple;

    private FrontMatterReader()
    {
    }

    /// <summary>The title, where there is one.</summary>
    public string? Title { get; private set; }

    /// <summary>What can be taken of the rest.</summary>
    public DocumentMetadata Metadata => DocumentMetadata.Create(_values);

    /// <summary>Reads what stands between the lines of dashes.</summary>
    public static FrontMatterReader Read(ReadOnlySpan<char> text)
    {
        var reader = new FrontMatterReader();
        bool isCut = text.Length > MaxLength;
        foreach (ReadOnlySpan<char> line in (isCut ? text[..MaxLength] : text).EnumerateLines())
        {
            reader.Line(line);
        }

        // The last name's value may go on behind the cut.
        if (!isCut)
        {
            reader.Close();
        }

        return reader;
    }

    private void Line(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> content = line.TrimStart(" \t");
        if (content.IsEmpty || content[0] == '#')
        {
            return;
        }

        bool isItem = content[0] == '-' && (content.Length == 1 || content[1] is ' ' or '\t');
        if (isItem && _name is not null)
        {
            Item(content[1..]);
        }
        else if (isItem || content.Length < line.Length)
        {
            // A value that goes on, or what nests.
            _isSimple = false;
        }
        else
        {
            Close();
            Open(line);
        }
    }

    private void Open(ReadOnlySpan<char> line)
    {
        if (YamlScalar.TakeName(ref line) is not { } name || !_seen.Add(name))
        {
            return;
        }

        (_name, _value, _hasValue, _items, _isSimple) = (name, default, false, null, true);
        line = YamlScalar.WithoutComment(line);
        if (line.StartsWith("["))
        {
            (_hasValue, _isSimple) = (true, TryFlow(line));
        }
        else if (!line.IsEmpty)
        {
            (_hasValue, _isSimple) = (true, YamlScalar.TryRead(line, out _value));
        }
    }

    // [a, 'b', "c"] on one line.
    private bool TryFlow(ReadOnlySpan<char> line)
    {
        if (line[^1] != ']')
        {
            return false;
        }

        _items = [];
        line = line[1..^1].Trim(" \t");
        while (!line.IsEmpty)
        {
            int length = YamlScalar.LengthInFlow(line);
            if (length < 0 || !TryAdd(line[..length].Trim(" \t")))
            {
                return false;
            }

            line = length == line.Length ? [] : line[(length + 1)..].TrimStart(" \t");
        }

        return true;
    }

    private void Item(ReadOnlySpan<char> item)
    {
        // A list begins behind a name without a value alone.
        _isSimple = _isSimple && !_hasValue && TryAdd(YamlScalar.WithoutComment(item));
    }

    private bool TryAdd(ReadOnlySpan<char> item)
    {
        if (YamlScalar.IsMapping(item) || !YamlScalar.TryRead(item, out YamlScalar scalar))
        {
            return false;
        }

        _items ??= [];
        if (scalar.Text is { } text)
        {
            _items.Add(text);
        }

        return _items.Count <= MetadataValue.MaxTexts && (scalar.Text?.Length ?? 0) <= MetadataValue.MaxTextLength;
    }

    private void Close()
    {
        string? name = _isSimple ? _name : null;
        _name = null;
        if (name == "title")
        {
            Title = _value.Text?.Trim() is { Length: > 0 } title ? title : null;
        }
        else if (_values.Count < DocumentMetadata.MaxNames && DocumentMetadata.IsName(name) && (_items is not null ? MetadataValue.Of(_items) : _value.ToValue()) is { } value)
        {
            _values.Add(name, value);
        }
    }
}
