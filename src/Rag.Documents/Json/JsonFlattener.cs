using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rag.Documents;

/// <summary>
/// Writes JSON as records. An object with its values, inner objects included, is one record; every object in an array is a record of
/// its own, labelled by where it stands; an array of plain values is one value with commas.
/// </summary>
internal sealed class JsonFlattener(DocumentBuilder builder, JsonReaderOptions options, string location, CancellationToken cancellationToken)
{
    private long _characters;

    /// <summary>Writes a value that stands at a path; the path of the root is empty.</summary>
    public void Write(JsonElement value, string path)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteRecord(value, path);
                break;
            case JsonValueKind.Array when IsPlain(value):
                Add(ElementKind.TableRow, path, Plain(value));
                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Write(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"));
                }

                break;
            default:
                Add(ElementKind.Paragraph, path, Plain(value));
                break;
        }
    }

    private void WriteRecord(JsonElement record, string path)
    {
        var pairs = new List<(string Name, string Value)>();
        var inner = new List<(string Name, JsonElement Value)>();
        Collect(record, "", pairs, inner);
        var row = new StringBuilder();
        long length = 0;
        foreach ((string name, string value) in pairs)
        {
            length += name.Length + value.Length + 4;
        }

        if (length <= options.MaxRecordCharacters)
        {
            foreach ((string name, string value) in pairs)
            {
                TableRowText.AppendPair(row, name, TextCleaner.OneLine(value));
            }

            if (row.Length > 0)
            {
                // The place of a record tells apart the lists of one file: it is given where it has a name, not where it is a mere number.
                string place = path.Length == 0 || path.StartsWith('[') ? "" : path + ": ";
                builder.Add(ElementKind.TableRow, 0, place + row);
            }
        }
        else
        {
            foreach ((string name, string value) in pairs)
            {
                Add(ElementKind.Paragraph, Join(path, name), value);
            }
        }

        foreach ((string name, JsonElement value) in inner)
        {
            Write(value, Join(path, name));
        }
    }

    private void Collect(JsonElement record, string prefix, List<(string Name, string Value)> pairs, List<(string Name, JsonElement Value)> inner)
    {
        foreach (JsonProperty property in record.EnumerateObject())
        {
            string name = Join(prefix, TableRowText.Label(Text(() => property.Name, property.ToString)));
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Collect(property.Value, name, pairs, inner);
                    break;
                case JsonValueKind.Array when !IsPlain(property.Value):
                    inner.Add((name, property.Value));
                    break;
                default:
                    if (Plain(property.Value) is { Length: > 0 } value)
                    {
                        Count(name.Length + value.Length);
                        pairs.Add((name, value));
                    }

                    break;
            }
        }
    }

    /// <summary>Short values at long paths make much text of little; it is counted before it is held.</summary>
    private void Count(int characters)
    {
        _characters += characters;
        if (_characters > options.MaxTextCharacters)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxTextCharacters), options.MaxTextCharacters, _characters, location);
        }
    }

    private static bool IsPlain(JsonElement array)
    {
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                return false;
            }
        }

        return true;
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(() => value.GetString()!, value.GetRawText),
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Plain).Where(text => text.Length > 0)),
        _ => value.GetRawText(),
    };

    /// <summary>A string that escapes half a surrogate pair cannot be had as text; it is given as it stands in the file.</summary>
    private static string Text(Func<string> text, Func<string> raw)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return raw();
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : name.Length == 0 ? path : $"{path}.{name}";

    private void Add(ElementKind kind, string path, string value)
    {
        if (value.Length > 0)
        {
            builder.Add(kind, 0, path.Length == 0 || path.StartsWith('[') ? value : $"{path}: {value}");
        }
    }
}
