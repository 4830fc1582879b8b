using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rag.Cli.Terminal;

namespace Rag.Cli.Output;

/// <summary>Writes a result as one JSON object on one line.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // Korean stays readable; what could fool a terminal is escaped below.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the object and a line break, nothing else.</summary>
    public static void Write<T>(TextWriter writer, T value)
    {
        writer.Write(Serialize(value));
        writer.Write('\n');
        writer.Flush();
    }

    internal static string Serialize<T>(T value)
    {
        string json = JsonSerializer.Serialize(value, Options);
        if (!json.AsSpan().ContainsAnyInRange('\u007F', '\u2069'))
        {
            return json;
        }

        var escaped = new StringBuilder(json.Length);
        foreach (char character in json)
        {
            // Beyond ASCII a character can only stand inside a string, where an escape means the same.
            if (SafeText.IsDeceiver(character) || character is >= '\u007F' and <= '\u009F')
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return escaped.ToString();
    }
}
