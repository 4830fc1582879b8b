using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Html.Parser.Tokens.Struct;
using AngleSharp.Text;

namespace Rag.Documents;

/// <summary>Runs the tokenizer of the HTML standard over a page, with the states that the standard's tree builder would give it.</summary>
internal static class HtmlTokens
{
    public static void Feed(string html, HtmlTextExtractor text, bool xml, CancellationToken cancellationToken)
    {
        using var source = new TextSource(html);
        using var tokenizer = new HtmlTokenizer(source, HtmlEntityProvider.Resolver) 
        {
            SkipComments = true,
            SkipScriptText = true,
            ShouldEmitAttribute = static (ref StructHtmlToken _, ReadOnlyMemory<char> name) => HtmlTags.IsReadAttribute(name.Span),
        };
        for (int count = 0; ; count++)
        {
            if ((count & 0x3FF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            HtmlToken token = tokenizer.Get();
            switch (token.Type)
            {
                case HtmlTokenType.EndOfFile:
                    text.Finish();
                    return;
                case HtmlTokenType.Character:
                    text.Text(token.Data);
                    break;
                case HtmlTokenType.StartTag:
                    HtmlTagToken tag = token.AsTag();
                    tokenizer.State = xml && tag.IsSelfClosing ? HtmlParseMode.PCData : StateAfter(tag.Name);
                    text.Start(tag);
                    break;
                case HtmlTokenType.EndTag:
                    text.End(token.Name);
                    break;
            }
        }
    }

    // https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody, with scripting off.
    private static HtmlParseMode StateAfter(string name) => name switch
    {
        "title" or "textarea" => HtmlParseMode.RCData,
        "style" or "xmp" or "iframe" or "noembed" or "noframes" => HtmlParseMode.Rawtext,
        "script" => HtmlParseMode.Script,
        _ => HtmlParseMode.PCData,
    };
}
