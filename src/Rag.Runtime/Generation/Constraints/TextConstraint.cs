using System.Text;
using System.Text.Json;
using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Grammars;
using Rag.Runtime.Generation.Constraints.Json;
using Rag.Runtime.Generation.Constraints.Patterns;
using Rag.Runtime.Generation.Constraints.Schemas;

namespace Rag.Runtime.Generation.Constraints;

/// <summary>
/// What a generated text must be, to the last character: a regular expression, a grammar, a JSON Schema, one of several
/// texts. Compiled once and used for any number of requests; thread-safe. Followed byte by byte, so that no token is ever
/// allowed behind which the text could not be completed.
/// </summary>
public class TextConstraint
{
    internal TextConstraint(ConstraintState? start, string what) =>
        Start = start ?? throw new ArgumentException($"{what} allows no text at all.");

    /// <summary>Before the first byte.</summary>
    internal ConstraintState Start { get; }

    /// <summary>Held while states are followed, since they are built as they are met.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Texts that a pattern matches as a whole.</summary>
    /// <param name="pattern">In the syntax of Python's re: \d, \w and \s are of all Unicode, a dot takes all but \n.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="ArgumentException">The pattern breaks the syntax or matches nothing.</exception>
    /// <exception cref="UnsupportedException">The pattern has a back-reference, look-around or another thing that is named.</exception>
    /// <exception cref="LimitExceededException">A limit of the options is passed.</exception>
    public static TextConstraint FromRegex(string pattern, ConstraintOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        options = Valid(options);
        ByteLanguages languages = new(options.MaxStates);
        PatternNode node = PatternParser.Parse(pattern, narrow: false, "", options);
        return Regular(new PatternCompiler(new CharacterEncoding(languages)).Whole(node), "The pattern");
    }

    /// <summary>Texts of a grammar in GBNF, as llama.cpp has it; the start is the rule root.</summary>
    /// <param name="grammar">The grammar. Recursion of every kind is allowed.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="ArgumentException">The grammar breaks the syntax or has no text.</exception>
    /// <exception cref="UnsupportedException">It names tokens.</exception>
    /// <exception cref="LimitExceededException">A limit of the options is passed.</exception>
    public static TextConstraint FromGbnf(string grammar, ConstraintOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        options = Valid(options);
        return new TextConstraint(GrammarCompiler.Compile(new GbnfReader(grammar, options).Read(), "root", options), "The grammar");
    }

    /// <summary>Texts of a grammar in the form of the library Lark; the start is the rule start, and every way to read a text counts.</summary>
    /// <param name="grammar">The grammar. Recursion of every kind is allowed.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="ArgumentException">The grammar breaks the syntax or has no text.</exception>
    /// <exception cref="UnsupportedException">It has a directive, a template or another thing that is named.</exception>
    /// <exception cref="LimitExceededException">A limit of the options is passed.</exception>
    public static TextConstraint FromLark(string grammar, ConstraintOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        options = Valid(options);
        return new TextConstraint(GrammarCompiler.Compile(new LarkReader(grammar, options).Read(), "start", options), "The grammar");
    }

    /// <summary>One of several texts.</summary>
    /// <param name="choices">At least one.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="LimitExceededException">A limit of the options is passed.</exception>
    public static TextConstraint FromChoices(IEnumerable<string> choices, ConstraintOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        options = Valid(options);
        byte[][] texts = [.. choices.Select(Encoding.UTF8.GetBytes)];
        long length = texts.Sum(text => (long)text.Length);
        if (length > options.MaxSourceLength)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxSourceLength), options.MaxSourceLength, length, "The list of choices");
        }

        return Regular(ChoiceTree.Build(texts, new ByteLanguages(options.MaxStates)), "The list of choices");
    }

    /// <summary>
    /// Texts of JSON that a schema allows: in one line, with or without a space behind commas and colons, with properties in
    /// the order of the schema, at most as deep and with numbers as long as the options say.
    /// </summary>
    /// <param name="schema">A JSON Schema of 2020-12: an object, or true or false.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="ArgumentException">The schema breaks the rules, or allows nothing.</exception>
    /// <exception cref="UnsupportedException">A keyword is not supported; the message names it.</exception>
    /// <exception cref="LimitExceededException">A limit of the options is passed.</exception>
    public static TextConstraint FromJsonSchema(JsonElement schema, ConstraintOptions? options = null)
    {
        options = Valid(options);
        string text = schema.GetRawText();
        if (text.Length > options.MaxSourceLength)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxSourceLength), options.MaxSourceLength, text.Length, "The JSON schema");
        }

        try
        {
            SchemaSpace space = new(schema.Clone(), options);
            space.Explore();
            return new TextConstraint(new JsonMachine(space).Start(), "The JSON schema");
        }
        catch (InvalidOperationException exception)
        {
            throw new ArgumentException($"The JSON schema has a keyword of the wrong kind: {exception.Message}", nameof(schema), exception);
        }
    }

    /// <summary>Whether a text fulfils it.</summary>
    public bool IsMatch(string text) => After(text) is { CanEnd: true };

    /// <summary>Whether a text begins one that fulfils it.</summary>
    public bool IsPrefix(string text) => After(text) is not null;

    private ConstraintState? After(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (Gate)
        {
            return Start.Next(Encoding.UTF8.GetBytes(text));
        }
    }

    private static TextConstraint Regular(ByteLanguage language, string what) => new(Liveness.IsLive(language) ? language : null, what);

    private static ConstraintOptions Valid(ConstraintOptions? options)
    {
        options ??= new ConstraintOptions();
        options.Validate();
        return options;
    }
}
