using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Patterns;

/// <summary>
/// Patterns as languages. An anchor holds by where it stands: for every part the language is made for the case that the part
/// begins, or ends, the text and for the case that it does not.
/// </summary>
internal sealed class PatternCompiler(CharacterEncoding encoding)
{
    private const int MaxAnchors = 1000;

    private readonly ByteLanguages _languages = encoding.Languages;
    private readonly Dictionary<(PatternNode Node, bool AtStart, bool AtEnd), ByteLanguage> _known = new(new ByReference());
    private int _anchors;

    /// <summary>The texts that the whole pattern matches.</summary>
    /// <exception cref="UnsupportedException">An anchor stands within a repetition.</exception>
    public ByteLanguage Whole(PatternNode node) => Compile(node, atStart: true, atEnd: true);

    /// <summary>The texts within which the pattern is found somewhere.</summary>
    /// <exception cref="UnsupportedException">An anchor stands within a repetition.</exception>
    public ByteLanguage Within(PatternNode node)
    {
        PatternNode any = new PatternNode.Repetition(new PatternNode.Class(CodePointSet.All), 0, ByteLanguages.Unlimited);
        return Whole(new PatternNode.Sequence([any, node, any]));
    }

    private ByteLanguage Compile(PatternNode node, bool atStart, bool atEnd)
    {
        if (!node.HasAnchor)
        {
            (atStart, atEnd) = (false, false);
        }

        (PatternNode, bool, bool) key = (node, atStart, atEnd);
        if (!_known.TryGetValue(key, out ByteLanguage? known))
        {
            known = _known[key] = Build(node, atStart, atEnd);
        }

        return known;
    }

    private ByteLanguage Build(PatternNode node, bool atStart, bool atEnd)
    {
        switch (node)
        {
            case PatternNode.Class one:
                return encoding.Encode(one.Set);
            case PatternNode.Anchor anchor:
                return (anchor.IsStart ? atStart : atEnd) ? _languages.Epsilon : _languages.Empty;
            case PatternNode.Choice choice:
                return _languages.Or(choice.Parts.Select(part => Compile(part, atStart, atEnd)));
            case PatternNode.Repetition { HasAnchor: true, Min: 0, Max: 1 } optional:
                return _languages.Or(_languages.Epsilon, Compile(optional.Part, atStart, atEnd));
            case PatternNode.Repetition { HasAnchor: true }:
                throw new UnsupportedException("A pattern has an anchor (^ or $) within a repetition, which is not supported; write it outside.");
            case PatternNode.Repetition repetition:
                return _languages.Repeat(Compile(repetition.Part, false, false), repetition.Min, repetition.Max);
            case PatternNode.Sequence { HasAnchor: true, Parts.Count: > 1 } sequence:
                return Anchored(sequence.Parts, atStart, atEnd);
            default:
                PatternNode.Sequence all = (PatternNode.Sequence)node;
                return _languages.Concat([.. all.Parts.Select(part => Compile(part, atStart, atEnd))]);
        }
    }

    // The parts without an anchor are taken together, so that what is left is as short as there are anchors.
    private ByteLanguage Anchored(IReadOnlyList<PatternNode> parts, bool atStart, bool atEnd)
    {
        int same = parts.TakeWhile(part => part.HasAnchor == parts[0].HasAnchor).Count();
        int count = parts[0].HasAnchor ? 1 : same;
        if (count == parts.Count)
        {
            return Compile(parts[0], atStart, atEnd);
        }

        PatternNode first = count == 1 ? parts[0] : new PatternNode.Sequence([.. parts.Take(count)]);
        PatternNode rest = parts.Count - count == 1 ? parts[count] : new PatternNode.Sequence([.. parts.Skip(count)]);
        if (++_anchors > MaxAnchors)
        {
            throw new UnsupportedException("A pattern has its anchors (^ and $) in so many places that it cannot be followed; write it with fewer.");
        }

        // Either side may be empty; then the other stands where both do.
        ByteLanguage left = Compile(first, atStart, false);
        ByteLanguage right = Compile(rest, false, atEnd);
        bool allEmpty = Compile(first, atStart, atEnd).Nullable && Compile(rest, atStart, atEnd).Nullable;
        return _languages.Or(
            _languages.Concat(NonEmpty(left), NonEmpty(right)),
            left.Nullable ? NonEmpty(Compile(rest, atStart, atEnd)) : _languages.Empty,
            right.Nullable ? NonEmpty(Compile(first, atStart, atEnd)) : _languages.Empty,
            allEmpty ? _languages.Epsilon : _languages.Empty);
    }

    private ByteLanguage NonEmpty(ByteLanguage language)
    {
        if (!language.Nullable)
        {
            return language;
        }

        switch (language.Kind)
        {
            case LanguageKind.Concatenation:
                return _languages.Or(
                    _languages.Concat(NonEmpty(language.Parts[0]), language.Parts[1]), NonEmpty(language.Parts[1]));
            case LanguageKind.Alternation:
                return _languages.Or(language.Parts.Select(NonEmpty));
            case LanguageKind.Repetition:
                int most = language.Max == ByteLanguages.Unlimited ? ByteLanguages.Unlimited : language.Max - 1;
                return _languages.Concat(NonEmpty(language.Parts[0]), _languages.Repeat(language.Parts[0], Math.Max(0, language.Min - 1), most));
            default:
                return _languages.Empty;
        }
    }

    private sealed class ByReference : IEqualityComparer<(PatternNode Node, bool AtStart, bool AtEnd)>
    {
        public bool Equals((PatternNode Node, bool AtStart, bool AtEnd) x, (PatternNode Node, bool AtStart, bool AtEnd) y) =>
            ReferenceEquals(x.Node, y.Node) && x.AtStart == y.AtStart && x.AtEnd == y.AtEnd;

        public int GetHashCode((PatternNode Node, bool AtStart, bool AtEnd) obj) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Node), obj.AtStart, obj.AtEnd);
    }
}
