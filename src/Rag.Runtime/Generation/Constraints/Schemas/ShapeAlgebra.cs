using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>And, or and not of shapes. What stays within arrays and objects is combined as terms, without looking into it.</summary>
internal sealed class ShapeAlgebra(SchemaSpace space)
{
    private readonly ByteLanguages _languages = space.Languages.Space;
    private readonly ShapeNegation _negation = new(space);

    /// <summary>Every value.</summary>
    public SchemaShape Any => new(space.Languages.Literals, space.Languages.Numbers, space.Languages.Strings, [AnyArray], [AnyObject]);

    /// <summary>No value.</summary>
    public SchemaShape Never => new(_languages.Empty, _languages.Empty, _languages.Empty, [], []);

    public ArrayShape AnyArray => new([], space.Any);

    public ObjectShape AnyObject => new([], [AnyFamily]);

    public ObjectShape.Family AnyFamily => new(space.Languages.Strings, space.Any);

    public SchemaShape And(SchemaShape x, SchemaShape y) => new(
        _languages.And(x.Literals, y.Literals), _languages.And(x.Numbers, y.Numbers), _languages.And(x.Strings, y.Strings),
        And(x.Arrays, y.Arrays), And(x.Objects, y.Objects));

    public SchemaShape Or(SchemaShape x, SchemaShape y) => new(
        _languages.Or(x.Literals, y.Literals), _languages.Or(x.Numbers, y.Numbers), _languages.Or(x.Strings, y.Strings),
        Checked([.. x.Arrays, .. y.Arrays]), Checked([.. x.Objects, .. y.Objects]));

    public SchemaShape Not(SchemaShape x) => new(
        _languages.And(space.Languages.Literals, _languages.Not(x.Literals)),
        _languages.And(space.Languages.Numbers, _languages.Not(x.Numbers)),
        _languages.And(space.Languages.Strings, _languages.Not(x.Strings)),
        x.Arrays.Select(_negation.Not).Aggregate<IReadOnlyList<ArrayShape>, IReadOnlyList<ArrayShape>>([AnyArray], And),
        x.Objects.Select(_negation.Not).Aggregate<IReadOnlyList<ObjectShape>, IReadOnlyList<ObjectShape>>([AnyObject], And));

    public IReadOnlyList<ArrayShape> And(IReadOnlyList<ArrayShape> x, IReadOnlyList<ArrayShape> y) =>
        Checked(x.SelectMany(first => y.Select(second => And(first, second))).OfType<ArrayShape>());

    public IReadOnlyList<ObjectShape> And(IReadOnlyList<ObjectShape> x, IReadOnlyList<ObjectShape> y) =>
        Checked(x.SelectMany(first => y.Select(second => And(first, second))).OfType<ObjectShape>());

    /// <summary>The terms of what is within.</summary>
    /// <exception cref="UnsupportedException">Items that must differ may be arrays or objects, or there is a tuple of such.</exception>
    public IEnumerable<SchemaTerm> Below(SchemaShape shape)
    {
        foreach (ArrayShape array in shape.Arrays)
        {
            SchemaTerm[] items = [.. array.Prefix, array.Rest];
            if (array.Unique && array.Max > 1 && (array.Prefix.Length > 0 || space.ShapeOf(array.Rest) is not { Arrays: [], Objects: [] }))
            {
                throw new UnsupportedException("The keyword uniqueItems of the JSON schema is supported for items that are literals, numbers and strings alone, and not with prefixItems.", "uniqueItems");
            }

            foreach (SchemaTerm item in items)
            {
                yield return item;
                if (array.Contains is { } contains)
                {
                    yield return space.All(item, contains);
                }
            }
        }

        foreach (SchemaTerm value in shape.Objects.SelectMany(one => one.Names.Select(name => name.Term).Concat(one.Others.Select(family => family.Term))))
        {
            yield return value;
        }
    }

    private ArrayShape? And(ArrayShape x, ArrayShape y)
    {
        if (x.Contains is not null && y.Contains is not null && (x.Contains != y.Contains || x.MinContains != y.MinContains))
        {
            throw new UnsupportedException("The JSON schema has several contains for one array, which is not supported.", "contains");
        }

        int prefix = Math.Max(x.Prefix.Length, y.Prefix.Length);
        ArrayShape both = new(
            [.. Enumerable.Range(0, prefix).Select(i => space.All(x.At(i), y.At(i)))], space.All(x.Rest, y.Rest),
            Math.Max(x.Min, y.Min), Math.Min(x.Max, y.Max), x.Contains ?? y.Contains, Math.Max(x.MinContains, y.MinContains), x.Unique || y.Unique);
        return both.Min > both.Max ? null : both;
    }

    private ObjectShape? And(ObjectShape x, ObjectShape y)
    {
        ObjectShape.Property[] added = [.. y.Names.Where(name => !Has(x, name.Key))];
        ObjectShape.Property[] names = [.. x.Names.Concat(added).Select(name => new ObjectShape.Property(
            name.Key, space.All(x.TermOf(name.Key) ?? space.Never, y.TermOf(name.Key) ?? space.Never), Requires(x, name.Key) || Requires(y, name.Key)))];
        List<ObjectShape.Family> families = [];
        foreach (ObjectShape.Family first in x.Others)
        {
            foreach (ObjectShape.Family second in y.Others)
            {
                ByteLanguage keys = _languages.And(first.Keys, second.Keys);
                SchemaTerm term = space.All(first.Term, second.Term);
                if (term != space.Never && Liveness.IsLive(keys))
                {
                    families.Add(new ObjectShape.Family(keys, term));
                }
            }
        }

        bool anyOrder = x.AnyOrder || y.AnyOrder || (x.Names.Length > 0 && added.Length > 0);
        ObjectShape both = new(names, [.. Checked(families)], Math.Max(x.Min, y.Min), Math.Min(x.Max, y.Max), anyOrder);
        return both.Min > both.Max || names.Any(name => name.Required && name.Term == space.Never) ? null : both;
    }

    private static bool Has(ObjectShape shape, byte[] key) => shape.Names.Any(name => name.Key.AsSpan().SequenceEqual(key));

    private static bool Requires(ObjectShape shape, byte[] key) => shape.Names.Any(name => name.Required && name.Key.AsSpan().SequenceEqual(key));

    private List<T> Checked<T>(IEnumerable<T> alternatives)
    {
        List<T> list = [];
        foreach (T alternative in alternatives)
        {
            list.Add(alternative);
            if (list.Count > space.Options.MaxAlternatives)
            {
                throw new LimitExceededException(nameof(ConstraintOptions.MaxAlternatives), space.Options.MaxAlternatives, list.Count, "The JSON schema");
            }
        }

        return list;
    }
}
