using System.Globalization;
using System.Text;
using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>tojson as transformers has it: Python's json.dumps, order kept, nothing beyond ASCII escaped unless asked.</summary>
internal static class TemplateJson
{
    public static string Write(object? value, Arguments arguments, RenderState state)
    {
        // tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False)
        object? indent = arguments.AtMost(4).Get(1, "indent");
        string? indentation = indent switch { null => null, string text => text, _ => new string(' ', (int)Math.Clamp(Operations.Integer(indent), 0, 64)) };
        string item = indentation is null ? ", " : ",";
        string key = ": ";
        if (arguments.Get(2, "separators") is TemplateList { Items.Count: 2 } separators)
        {
            (item, key) = (Operations.Text(separators.Items[0]), Operations.Text(separators.Items[1]));
        }

        var writer = new Writer(state, indentation, item, key, Operations.IsTrue(arguments.Get(0, "ensure_ascii")), Operations.IsTrue(arguments.Get(3, "sort_keys")));
        writer.Write(value, 0);
        return writer.Output.ToString();
    }

    private sealed class Writer(RenderState state, string? indentation, string itemSeparator, string keySeparator, bool ascii, bool sortKeys)
    {
        public StringBuilder Output { get; } = new();

        public void Write(object? value, int depth)
        {
            state.CheckLength(Output.Length);
            switch (value)
            {
                case null:
                    Output.Append("null");
                    break;
                case bool b:
                    Output.Append(b ? "true" : "false");
                    break;
                case long n:
                    Output.Append(n.ToString(CultureInfo.InvariantCulture));
                    break;
                case double d:
                    Output.Append(Operations.Float(d));
                    break;
                case string s:
                    WriteString(s);
                    break;
                case TemplateList list:
                    WriteAll('[', ']', list.Items, depth, item => Write(item, depth + 1));
                    break;
                case TemplateMap map:
                    IEnumerable<object?> keys = sortKeys ? map.Keys.Order(Comparer<object?>.Create((a, b) => Operations.Compare(a, b, "<"))) : map.Keys;
                    WriteAll('{', '}', [.. keys], depth, key =>
                    {
                        WriteString(key is string text ? text : key is null ? "null" : key is bool flag ? (flag ? "true" : "false") : Operations.Print(key));
                        Output.Append(keySeparator);
                        map.TryGet(key, out object? item);
                        Write(item, depth + 1);
                    });
                    break;
                default:
                    throw new TemplateFailure($"Object of type {Operations.TypeName(value)} is not JSON serializable");
            }
        }

        private void WriteAll(char open, char close, IReadOnlyList<object?> items, int depth, Action<object?> write)
        {
            if (depth > 64)
            {
                throw new TemplateFailure("a value is nested too deeply for JSON");
            }

            Output.Append(open);
            for (int i = 0; i < items.Count; i++)
            {
                if (i > 0)
                {
                    Output.Append(itemSeparator);
                }

                NewLine(depth + 1);
                write(items[i]);
            }

            if (items.Count > 0)
            {
                NewLine(depth);
            }

            Output.Append(close);
        }

        private void NewLine(int depth)
        {
            if (indentation is not null)
            {
                Output.Append('\n');
                for (int i = 0; i < depth; i++)
                {
                    Output.Append(indentation);
                }
            }
        }

        private void WriteString(string text)
        {
            state.CheckLength((long)Output.Length + text.Length);
            Output.Append('"');
            foreach (char c in text)
            {
                _ = c switch
                {
                    '"' => Output.Append("\\\""),
                    '\\' => Output.Append(@"\\"),
                    '\n' => Output.Append(@"\n"),
                    '\r' => Output.Append(@"\r"),
                    '\t' => Output.Append(@"\t"),
                    '\b' => Output.Append(@"\b"),
                    '\f' => Output.Append(@"\f"),
                    < ' ' => Output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    > '\x7F' when ascii => Output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => Output.Append(c),
                };
            }

            Output.Append('"');
        }
    }
}
