namespace Rag.Tokenizers.ChatTemplates.Syntax;

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of strings the value, of text what is left after white-space control.</param>
/// <param name="Line">Line of the source, from 1.</param>
internal readonly record struct TemplateToken(TokenKind Kind, string Text, int Line)
{
    public bool Is(string text) => Kind is TokenKind.Name or TokenKind.Operator && Text == text;
}
