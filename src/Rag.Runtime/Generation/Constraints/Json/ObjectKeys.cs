using System.Collections.Immutable;
using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Schemas;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>The names that may come next in an object, such that the object can still be ended.</summary>
internal sealed class ObjectKeys(SchemaSpace space)
{
    private readonly ByteLanguages _languages = space.Languages.Space;

    /// <summary>The names, and which of those of the shape are among them. Names that were there may be within the language where it has every string: then they are refused at their end.</summary>
    public (ByteLanguage Language, HashSet<int> Named) Of(ObjectShape shape, int depth, ImmutableHashSet<int> named, int from, ImmutableHashSet<string> others)
    {
        int count = named.Count + others.Count;
        if (count >= shape.Max)
        {
            return (_languages.Empty, []);
        }

        int[] open = [.. Enumerable.Range(0, shape.Names.Length).Where(i => !named.Contains(i) && (shape.AnyOrder || i >= from) && space.Fit.Has(shape.Names[i].Term, depth))];
        int required = open.Count(i => shape.Names[i].Required);
        List<ByteLanguage> keys = [];
        HashSet<int> allowed = [];
        foreach (int i in open)
        {
            int still = required - (shape.Names[i].Required ? 1 : 0);
            int left = open.Count(j => shape.AnyOrder ? j != i : j > i);
            if (count + 1 + still <= shape.Max && CanReach(shape, depth, others, count + 1 + left))
            {
                keys.Add(_languages.Literal(shape.Names[i].Key));
                allowed.Add(i);
            }

            if (!shape.AnyOrder && shape.Names[i].Required)
            {
                // What is required comes before what follows it, so nothing may pass it over.
                return (_languages.Or(keys), allowed);
            }
        }

        int after = shape.AnyOrder ? open.Length : 0;
        if (count + 1 + required <= shape.Max && CanReach(shape, depth, others, count + after))
        {
            ByteLanguage free = _languages.Or(shape.Others.Where(family => space.Fit.Has(family.Term, depth)).Select(family => family.Keys));
            keys.Add(free == space.Languages.Strings ? free : _languages.And(free, _languages.Not(ChoiceTree.Build(shape.Names.Select(name => name.Key).Concat(others.Select(Convert.FromHexString)), _languages))));
        }

        return (_languages.Or(keys.Where(Liveness.IsLive)), allowed);
    }

    private bool CanReach(ObjectShape shape, int depth, ImmutableHashSet<string> others, int count) =>
        count >= shape.Min || space.Fit.Available(shape, others.Select(Convert.FromHexString), depth, shape.Min - count);
}
