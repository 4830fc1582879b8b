namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The arrays, or objects, that are not of a shape; each as the alternatives by what fails.</summary>
internal sealed class ShapeNegation(SchemaSpace space)
{
    public IReadOnlyList<ArrayShape> Not(ArrayShape shape)
    {
        List<ArrayShape> fails = [];
        if (shape.Min > 0)
        {
            fails.Add(new ArrayShape([], space.Any, Max: shape.Min - 1));
        }

        if (shape.Max < int.MaxValue)
        {
            fails.Add(new ArrayShape([], space.Any, Min: shape.Max + 1));
        }

        for (int i = 0; i < shape.Prefix.Length; i++)
        {
            if (shape.Prefix[i] != space.Any)
            {
                fails.Add(new ArrayShape([.. Enumerable.Repeat(space.Any, i), space.Not(shape.Prefix[i])], space.Any, Min: i + 1));
            }
        }

        if (shape.Rest != space.Any)
        {
            fails.Add(shape switch
            {
                { Prefix: [] } => new ArrayShape([], space.Any, Contains: space.Not(shape.Rest), MinContains: 1),
                _ when shape.Rest == space.Never => new ArrayShape([], space.Any, Min: shape.Prefix.Length + 1),
                _ => throw Unsupported("items", "beside prefixItems"),
            });
        }

        if (shape.Contains is { } contains)
        {
            fails.Add(shape.MinContains == 1 ? new ArrayShape([], space.Not(contains)) : throw Unsupported("minContains", "above 1"));
        }

        return shape.Unique ? throw Unsupported("uniqueItems", "at all") : fails;
    }

    public IReadOnlyList<ObjectShape> Not(ObjectShape shape)
    {
        ObjectShape.Family any = space.Algebra.AnyFamily;
        List<ObjectShape> fails = [];
        if (shape.Min > 0)
        {
            fails.Add(new ObjectShape([], [any], Max: shape.Min - 1));
        }

        if (shape.Max < int.MaxValue)
        {
            fails.Add(new ObjectShape([], [any], Min: shape.Max + 1));
        }

        foreach (ObjectShape.Property name in shape.Names)
        {
            if (name.Required)
            {
                fails.Add(new ObjectShape([new ObjectShape.Property(name.Key, space.Never, false)], [any]));
            }

            if (name.Term != space.Any)
            {
                fails.Add(new ObjectShape([new ObjectShape.Property(name.Key, space.Not(name.Term), true)], [any]));
            }
        }

        bool open = shape.Others is [var only] && only.Term == space.Any && only.Keys == space.Languages.Strings;
        return open ? fails : throw Unsupported("additionalProperties, patternProperties or propertyNames", "that forbids something");
    }

    private static UnsupportedException Unsupported(string keyword, string how) =>
        new($"The JSON schema negates (not, if, or oneOf whose parts overlap) the keyword {keyword} {how}, which is not supported.", keyword);
}
