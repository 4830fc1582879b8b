namespace Rag.Tokenizers.ChatTemplates.Syntax;

/// <summary>Kinds of template tokens.</summary>
internal enum TokenKind
{
    Text,
    PrintStart,
    PrintEnd,
    TagStart,
    TagEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}
