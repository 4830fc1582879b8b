using Rag.Tokenizers.ChatTemplates.Runtime;

namespace Rag.Tokenizers.ChatTemplates.Syntax;

/// <summary>Builds the statements of a template from its tokens. A tag, filter or test that is not known here is refused by name.</summary>
internal sealed class TemplateParser
{
    /// <summary>Tags inside tags; templates in the wild have some ten levels.</summary>
    private const int MaxDepth = 100;

    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;
    private int _depth;

    private TemplateParser(TokenReader tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens);
    }

    public static Block Parse(string source)
    {
        var parser = new TemplateParser(new TokenReader(TemplateLexer.Read(source)));
        Block block = parser.ParseBlock();
        return parser._tokens.Current.Kind == TokenKind.End ? block : throw parser._tokens.Unexpected();
    }

    /// <summary>Statements up to one of the given tags, whose name is then the current token, or to the end of the source.</summary>
    private Block ParseBlock(params ReadOnlySpan<string> ends)
    {
        if (++_depth > MaxDepth)
        {
            throw _tokens.Unsupported("tags nested that deeply");
        }

        List<Statement> statements = [];
        while (true)
        {
            TemplateToken token = _tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Text:
                    _tokens.Next();
                    statements.Add(new Write(token.Text));
                    break;
                case TokenKind.PrintStart:
                    _tokens.Next();
                    statements.Add(new Print(_expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.PrintEnd);
                    break;
                case TokenKind.TagStart:
                    _tokens.Next();
                    if (ends.Contains(_tokens.Current.Text))
                    {
                        _depth--;
                        return new Block(statements);
                    }

                    statements.Add(ParseTag());
                    break;
                case TokenKind.End when ends.Length > 0:
                    throw _tokens.Fault($"the template ends where '{string.Join("' or '", ends!)}' is missing");
                default:
                    return new Block(statements);
            }
        }
    }

    private Statement ParseTag()
    {
        string name = _tokens.ExpectName();
        switch (name)
        {
            case "if":
                return ParseIf();
            case "for":
                return ParseFor();
            case "set":
                return ParseSet();
            case "macro":
                return ParseMacro();
            case "break" or "continue":
                if (_loops == 0)
                {
                    throw _tokens.Fault($"'{name}' stands outside a loop");
                }

                EndTag();
                return new Jump(name == "break" ? Flow.Break : Flow.Continue);
            case "generation":
                EndTag();
                Block body = ParseBlock("endgeneration");
                _tokens.Next();
                EndTag();
                return body;
            case "endif" or "endfor" or "endset" or "endmacro" or "else" or "elif" or "endgeneration":
                throw _tokens.Fault($"'{name}' has nothing to end");
            default:
                throw _tokens.Unsupported($"the tag '{name}'");
        }
    }

    private If ParseIf()
    {
        bool deferred = _expressions.Deferred;
        _expressions.Deferred = true;
        If statement = ParseBranches();
        _expressions.Deferred = deferred;
        return statement;
    }

    private If ParseBranches()
    {
        List<(Expression, Block)> branches = [];
        while (true)
        {
            Expression condition = _expressions.ParseTuple();
            EndTag();
            branches.Add((condition, ParseBlock("elif", "else", "endif")));
            string end = _tokens.ExpectName();
            if (end == "elif")
            {
                continue;
            }

            Block? otherwise = null;
            if (end == "else")
            {
                EndTag();
                otherwise = ParseBlock("endif");
                _tokens.Next();
            }

            EndTag();
            return new If(branches, otherwise);
        }
    }

    private For ParseFor()
    {
        Assignable target = ParseTarget();
        _tokens.ExpectText("in");
        Expression items = _expressions.ParseTuple(allowConditional: false);
        Expression? filter = _tokens.Take("if") ? _expressions.Parse() : null;
        if (_tokens.Current.Is("recursive"))
        {
            throw _tokens.Unsupported("a recursive loop");
        }

        EndTag();
        bool deferred = _expressions.Deferred;
        _expressions.Deferred = false;
        _loops++;
        Block body = ParseBlock("else", "endfor");
        _loops--;
        Block? otherwise = null;
        if (_tokens.ExpectName() == "else")
        {
            EndTag();
            otherwise = ParseBlock("endfor");
            _tokens.Next();
        }

        _expressions.Deferred = deferred;
        EndTag();
        return new For(target, items, filter, body, otherwise);
    }

    private Statement ParseSet()
    {
        Assignable target = ParseTarget(allowField: true);
        if (_tokens.Take("="))
        {
            Expression value = _expressions.ParseTuple();
            EndTag();
            return new Set(target, value);
        }

        if (_tokens.Current.Is("|"))
        {
            throw _tokens.Unsupported("a filter on a set block");
        }

        EndTag();
        Block body = ParseBlock("endset");
        _tokens.Next();
        EndTag();
        return new SetBlock(target, body);
    }

    private MacroDefinition ParseMacro()
    {
        string name = _tokens.ExpectName();
        _tokens.ExpectText("(");
        List<(string, Expression?)> parameters = [];
        while (!_tokens.Take(")"))
        {
            if (parameters.Count > 0)
            {
                _tokens.ExpectText(",");
            }

            string parameter = _tokens.ExpectName();
            parameters.Add((parameter, _tokens.Take("=") ? _expressions.Parse() : null));
        }

        EndTag();
        (int loops, bool deferred) = (_loops, _expressions.Deferred);
        (_loops, _expressions.Deferred) = (0, false);
        Block body = ParseBlock("endmacro");
        (_loops, _expressions.Deferred) = (loops, deferred);
        _tokens.Next();
        EndTag();
        return new MacroDefinition(name, parameters, body);
    }

    private Assignable ParseTarget(bool allowField = false)
    {
        List<Assignable> targets = [];
        bool tuple = false;
        do
        {
            if (targets.Count > 0 && _tokens.Current.Kind != TokenKind.Name && !_tokens.Current.Is("("))
            {
                break;
            }

            if (_tokens.Take("("))
            {
                if (++_depth > MaxDepth)
                {
                    throw _tokens.Unsupported("names nested that deeply");
                }

                targets.Add(ParseTarget());
                _depth--;
                _tokens.ExpectText(")");
                continue;
            }

            string name = _tokens.ExpectName();
            targets.Add(allowField && _tokens.Take(".") ? new FieldTarget(name, _tokens.ExpectName()) : new NameTarget(name));
        }
        while (_tokens.Take(",") && (tuple = true));

        return tuple ? new TupleTarget(targets) : targets[0];
    }

    private void EndTag() => _tokens.Expect(TokenKind.TagEnd);
}
