namespace Rag.Runtime.Generation.Replies;

/// <summary>Calls written as tags, whose values are texts or JSON as the tool's schema says.</summary>
internal static class TagCalls
{
    /// <summary>The value of a parameter; where the schema leaves it open, JSON where it is some, else the text.</summary>
    public static object? Value(string text, bool? isText)
    {
        if (isText == true)
        {
            return text;
        }

        return JsonCalls.ReadValue(text) is { } value ? value.ValueKind == System.Text.Json.JsonValueKind.Null ? null : value : text;
    }

    /// <summary>Cuts off what stands before a mark; false where it is not there.</summary>
    public static bool Cut(ref ReadOnlySpan<char> rest, string mark, out string before)
    {
        int at = rest.IndexOf(mark, StringComparison.Ordinal);
        before = at < 0 ? "" : rest[..at].ToString();
        rest = at < 0 ? rest : rest[(at + mark.Length)..];
        return at >= 0;
    }

    /// <summary>Takes a mark, and white space before it; false where it is not next.</summary>
    public static bool Take(ref ReadOnlySpan<char> rest, string mark)
    {
        ReadOnlySpan<char> next = rest.TrimStart();
        if (!next.StartsWith(mark, StringComparison.Ordinal))
        {
            return false;
        }

        rest = next[mark.Length..];
        return true;
    }
}
