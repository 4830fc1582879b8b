using System.Globalization;
using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Patterns;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The regular parts of JSON: literals, numbers and strings.</summary>
internal sealed class JsonLanguages
{
    private readonly ConstraintOptions _options;
    private readonly CharacterEncoding _plain;
    private readonly JsonStringEncoding _strings;
    private readonly ByteLanguage _quote;

    public JsonLanguages(ConstraintOptions options)
    {
        _options = options;
        Space = new ByteLanguages(options.MaxStates);
        _plain = new CharacterEncoding(Space);
        _strings = new JsonStringEncoding(Space);
        _quote = Space.Literal("\""u8);
        string digits = string.Create(CultureInfo.InvariantCulture, $"{{0,{options.MaxNumberDigits - 1}}}");
        string fraction = string.Create(CultureInfo.InvariantCulture, $"(\\.[0-9]{{1,{options.MaxNumberDigits}}})?");
        Null = Space.Literal("null"u8);
        True = Space.Literal("true"u8);
        False = Space.Literal("false"u8);
        Literals = Space.Or(Null, True, False);
        Numbers = Plain($"-?(0|[1-9][0-9]{digits}){fraction}");
        FreeNumbers = Plain($"-?(0|[1-9][0-9]{digits}){fraction}([eE][-+]?(0|[1-9][0-9]?))?");
        Integers = Plain($"0|-?[1-9][0-9]{digits}");
        ShortestNumbers = Plain($"0|-?[1-9][0-9]{digits}|-?(0|[1-9][0-9]{digits})\\.([0-9]{{0,{options.MaxNumberDigits - 1}}}[1-9])");
        Strings = Length(0, ByteLanguages.Unlimited);
    }

    public ByteLanguages Space { get; }

    public ByteLanguage Null { get; }

    public ByteLanguage True { get; }

    public ByteLanguage False { get; }

    /// <summary>null, true and false.</summary>
    public ByteLanguage Literals { get; }

    /// <summary>Numbers without exponent.</summary>
    public ByteLanguage Numbers { get; }

    /// <summary>Numbers with or without exponent.</summary>
    public ByteLanguage FreeNumbers { get; }

    /// <summary>Numbers without a point.</summary>
    public ByteLanguage Integers { get; }

    /// <summary>Of every number the shortest text.</summary>
    public ByteLanguage ShortestNumbers { get; }

    /// <summary>All strings.</summary>
    public ByteLanguage Strings { get; }

    /// <summary>Strings of so many characters.</summary>
    public ByteLanguage Length(int min, int max) =>
        Space.Concat(_quote, Space.Repeat(_strings.Encode(CodePointSet.All), min, max), _quote);

    /// <summary>Strings within which a pattern is found.</summary>
    public ByteLanguage Matching(string pattern) => Quoted(pattern, compiler => compiler.Within);

    /// <summary>Strings that a pattern matches as a whole.</summary>
    public ByteLanguage Whole(string pattern) => Quoted(pattern, compiler => compiler.Whole);

    /// <summary>Every text of one number, zeros behind the point included.</summary>
    public ByteLanguage Number(DecimalNumber number)
    {
        string zeros = string.Create(CultureInfo.InvariantCulture, $"0{{0,{_options.MaxNumberDigits}}}");
        string fraction = number.Fraction.Length == 0 ? $"(\\.0{zeros})?" : $"\\.{number.Fraction}{zeros}";
        return Plain((number.IsZero ? "-?" : number.IsNegative ? "-" : "") + number.Whole + fraction);
    }

    /// <summary>Numbers that an automaton takes.</summary>
    public ByteLanguage Of(IByteAutomaton automaton) => Space.Of(automaton, 0);

    private ByteLanguage Plain(string pattern) =>
        new PatternCompiler(_plain).Whole(PatternParser.Parse(pattern, narrow: true, "", _options));

    private ByteLanguage Quoted(string pattern, Func<PatternCompiler, Func<PatternNode, ByteLanguage>> compile) =>
        Space.Concat(_quote, compile(new PatternCompiler(_strings))(PatternParser.Parse(pattern, narrow: true, "", _options)), _quote);
}
