using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads the pre-tokenizer of a tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    public static IPreTokenizer Read(JsonComponent component)
    {
        switch (component.Type)
        {
            case "BertPreTokenizer":
                return new BertPreTokenizer();
            case "ByteLevel":
                return new ByteLevelPreTokenizer(component.Bool("add_prefix_space", true), component.Bool("use_regex", true));
            case "Sequence":
                return new SequencePreTokenizer([.. component.Child("pretokenizers").Items().Select(Read)]);
            case "Split":
                ITextMatcher matcher = PatternReader.Read(component, "pattern", out _);
                return new SplitPreTokenizer(matcher, Behavior(component, null), component.Bool("invert", false));
            case "Whitespace":
                return SplitPreTokenizer.Whitespace;
            case "WhitespaceSplit":
                return SplitPreTokenizer.WhitespaceSplit;
            case "Punctuation":
                return SplitPreTokenizer.Punctuation(Behavior(component, SplitBehavior.Isolated));
            case "Digits":
                return SplitPreTokenizer.Digits(component.Bool("individual_digits", false));
            case "CharDelimiterSplit":
                return new SplitPreTokenizer(new LiteralMatcher(component.String("delimiter")), SplitBehavior.Removed);
            case "UnicodeScripts":
                return new ScriptPreTokenizer();
            case "FixedLength":
                return new FixedLengthPreTokenizer(component.Int("length", 5, min: 1));
            case "Metaspace":
                return new MetaspacePreTokenizer(component.Character("replacement"), Scheme(component), component.Bool("split", true));
            default:
                throw component.Unsupported($"a pre-tokenizer of type '{component.Type}'");
        }
    }

    /// <summary>Where a Metaspace prepends; older files say only whether.</summary>
    public static MetaspacePreTokenizer.Scheme Scheme(JsonComponent component) => component.StringOrNull("prepend_scheme") switch
    {
        null => component.Bool("add_prefix_space", true) ? MetaspacePreTokenizer.Scheme.Always : MetaspacePreTokenizer.Scheme.Never,
        "always" => MetaspacePreTokenizer.Scheme.Always,
        "first" => MetaspacePreTokenizer.Scheme.First,
        "never" => MetaspacePreTokenizer.Scheme.Never,
        { } other => throw component.Unsupported($"a prepend_scheme '{other}'"),
    };

    private static SplitBehavior Behavior(JsonComponent component, SplitBehavior? fallback) => component.StringOrNull("behavior") switch
    {
        null => fallback ?? throw component.Corrupt("lacks the string 'behavior'"),
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        { } other => throw component.Unsupported($"a split behavior '{other}'"),
    };
}
