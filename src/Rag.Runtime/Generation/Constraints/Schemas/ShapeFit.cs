using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>
/// Whether a term has a value at all within a depth, so that no way is begun that cannot be ended. Depth falls with every
/// array and object, so recursion ends.
/// </summary>
internal sealed class ShapeFit(SchemaSpace space)
{
    private readonly Dictionary<(int Term, int Depth), bool> _known = [];
    private readonly Dictionary<SchemaTerm, ByteLanguage> _scalars = [];

    /// <summary>The texts of a term's values that are neither arrays nor objects.</summary>
    public ByteLanguage Scalars(SchemaTerm term)
    {
        if (!_scalars.TryGetValue(term, out ByteLanguage? known))
        {
            SchemaShape shape = space.ShapeOf(term);
            JsonLanguages languages = space.Languages;
            ByteLanguage[] parts = [shape.Literals, shape.Numbers == languages.Numbers ? languages.FreeNumbers : shape.Numbers, shape.Strings];
            known = _scalars[term] = languages.Space.Or(parts.Where(Liveness.IsLive));
        }

        return known;
    }

    /// <summary>The texts of items that must differ: as many as values.</summary>
    public ByteLanguage UniqueScalars(SchemaTerm term)
    {
        SchemaShape shape = space.ShapeOf(term);
        JsonLanguages languages = space.Languages;
        return languages.Space.Or(shape.Literals, languages.Space.And(shape.Numbers, languages.ShortestNumbers), shape.Strings);
    }

    /// <summary>Whether a term has a value with at most so many arrays and objects within each other.</summary>
    public bool Has(SchemaTerm term, int depth)
    {
        if (depth < 0)
        {
            return false;
        }

        if (_known.TryGetValue((term.Id, depth), out bool known))
        {
            return known;
        }

        bool has = Scalars(term).Kind != LanguageKind.Empty || (depth > 0 && Has(term, depth - 1));
        if (!has && depth > 0)
        {
            SchemaShape shape = space.ShapeOf(term);
            has = shape.Arrays.Any(array => Has(array, depth - 1)) || shape.Objects.Any(one => Has(one, depth - 1));
        }

        return _known[(term.Id, depth)] = has;
    }

    /// <summary>Whether there is an array of a shape whose items have at most that depth.</summary>
    public bool Has(ArrayShape shape, int depth)
    {
        int distinct = Math.Min(shape.Min, shape.Prefix.Length + 1);
        for (int i = 0; i < distinct; i++)
        {
            if (!Has(shape.At(i), depth))
            {
                return false;
            }
        }

        return (!shape.Unique || shape.Min < 2 || WordCount.AtLeast(UniqueScalars(shape.Rest), shape.Min))
            && (shape.Contains is null || CanContain(shape, 0, shape.MinContains, depth));
    }

    /// <summary>Whether items from an index on can fulfil <see cref="ArrayShape.Contains"/> so many times.</summary>
    public bool CanContain(ArrayShape shape, int from, int times, int depth)
    {
        for (int i = from; times > 0 && i < shape.Max; i++)
        {
            if (!Has(shape.At(i), depth))
            {
                return false;
            }

            bool fits = Has(space.All(shape.At(i), shape.Contains!), depth);
            if (i >= shape.Prefix.Length)
            {
                return fits && shape.Max - i >= times;
            }

            times -= fits ? 1 : 0;
        }

        return times <= 0;
    }

    /// <summary>Whether there is an object of a shape whose values have at most that depth.</summary>
    public bool Has(ObjectShape shape, int depth) =>
        shape.Names.All(name => !name.Required || Has(name.Term, depth))
        && shape.Names.Count(name => name.Required) <= shape.Max
        && (shape.Min == 0 || Available(shape, [], depth, shape.Min - shape.Names.Count(name => Has(name.Term, depth))));

    /// <summary>Whether so many names are left of those that are not named, beside some.</summary>
    public bool Available(ObjectShape shape, IEnumerable<byte[]> used, int depth, int count)
    {
        if (count <= 0 || shape.Others.Any(family => family.Keys == space.Languages.Strings && Has(family.Term, depth)))
        {
            return true;
        }

        ByteLanguages languages = space.Languages.Space;
        ByteLanguage taken = ChoiceTree.Build([.. shape.Names.Select(name => name.Key), .. used], languages);
        return WordCount.AtLeast(languages.And(languages.Or(shape.Others.Where(family => Has(family.Term, depth)).Select(family => family.Keys)), languages.Not(taken)), count);
    }
}
