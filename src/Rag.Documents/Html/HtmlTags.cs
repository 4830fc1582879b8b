using AngleSharp.Html.Parser.Tokens;

namespace Rag.Documents;

/// <summary>What the tags of HTML mean for text (https://html.spec.whatwg.org/multipage/rendering.html).</summary>
internal static class HtmlTags
{
    private static readonly HashSet<string> Void = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

    private static readonly HashSet<string> Unread =
    [
        "script", "style", "template", "noscript", "svg", "iframe", "object", "canvas", "audio", "video", "map", "noembed", "noframes",
        "select", "textarea", "button", "datalist", "dialog", "annotation", "annotation-xml", "rp",
    ];

    private static readonly HashSet<string> Blocks =
    [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol", "p",
        "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "xmp",
    ];

    public static bool IsVoid(string name) => Void.Contains(name);

    public static bool IsBlock(string name) => Blocks.Contains(name);

    public static int HeadingLevel(string name) => name.Length == 2 && name[0] == 'h' && name[1] is >= '1' and <= '6' ? name[1] - '0' : 0;

    /// <summary>Whether an attribute says something here; others are not kept, so that a tag of a million of them is small.</summary>
    public static bool IsReadAttribute(ReadOnlySpan<char> name) => name is "hidden" or "aria-hidden" or "style" or "role" or "colspan" or "rowspan" or "start";

    /// <summary>Whether what stands inside is not for reading.</summary>
    public static bool IsUnread(HtmlTagToken tag, bool navigation)
    {
        if (Unread.Contains(tag.Name) || (!navigation && (tag.Name == "nav" || tag.GetAttribute("role") == "navigation")))
        {
            return true;
        }

        foreach (HtmlAttributeToken attribute in tag.Attributes)
        {
            switch (attribute.Name)
            {
                case "hidden" when !attribute.Value.Equals("until-found", StringComparison.OrdinalIgnoreCase):
                case "aria-hidden" when attribute.Value.Equals("true", StringComparison.OrdinalIgnoreCase):
                case "style" when IsHiding(attribute.Value):
                    return true;
            }
        }

        return false;
    }

    /// <summary>The elements that an opening tag ends when their own end is left out, and the one that it looks for them in.</summary>
    public static (string[] Ends, string[] Within) Implied(string name) => name switch
    {
        "li" => (["li"], ["ul", "ol", "menu", "dir"]),
        "dt" or "dd" => (["dt", "dd"], ["dl"]),
        "td" or "th" => (["td", "th"], ["tr", "table"]),
        "tr" => (["tr"], ["table"]),
        "tbody" or "thead" or "tfoot" => (["tbody", "thead", "tfoot", "caption", "colgroup"], ["table"]),
        "body" => (["head"], []),
        _ => ([], []),
    };

    private static bool IsHiding(string style)
    {
        string compact = string.Concat(style.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant();
        return compact.Contains("display:none", StringComparison.Ordinal) || compact.Contains("visibility:hidden", StringComparison.Ordinal);
    }
}
