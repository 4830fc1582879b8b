using System.Globalization;

namespace Rag.Tokenizers.ChatTemplates.Syntax;

/// <summary>The tokens of a template, one after another, with the errors that speak of them.</summary>
internal sealed class TokenReader(List<TemplateToken> tokens)
{
    private int _at;

    public TemplateToken Current => tokens[_at];

    public TemplateToken Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public TemplateToken Next()
    {
        TemplateToken token = tokens[_at];
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    /// <summary>Takes the current token if it is the name or operator given.</summary>
    public bool Take(string text)
    {
        if (!Current.Is(text))
        {
            return false;
        }

        Next();
        return true;
    }

    public TemplateToken Expect(TokenKind kind) => Current.Kind == kind ? Next() : throw Unexpected();

    public string ExpectName() => Expect(TokenKind.Name).Text;

    public void ExpectText(string text)
    {
        if (!Take(text))
        {
            throw Fault($"'{text}' is missing before '{Describe()}'");
        }
    }

    public CorruptException Unexpected() => Fault($"'{Describe()}' stands where it has no meaning");

    public CorruptException Fault(string what) => new(string.Create(CultureInfo.InvariantCulture, $"The chat template is not sound: on line {Current.Line} {what}."));

    public UnsupportedException Unsupported(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The chat template uses on line {Current.Line} {what}, which is not supported; use {nameof(ChatTemplate)}.{nameof(ChatTemplate.Default)} or write another template."));

    private string Describe() => Current.Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.TagEnd => "%}",
        TokenKind.PrintEnd => "}}",
        _ => Current.Text.Length <= 40 ? Current.Text : Current.Text[..40] + "…",
    };
}
