using System.Text.Json;
using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>Reads the keywords of one schema of JSON Schema 2020-12 (and definitions of older drafts); refuses by name what it does not know.</summary>
internal sealed class SchemaReader(SchemaSpace space)
{
    // Keywords that say nothing about which values are allowed.
    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
        "contentEncoding", "contentMediaType", "contentSchema",
    };

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "format",
        "items", "prefixItems", "minItems", "maxItems", "contains", "minContains", "uniqueItems",
        "properties", "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref",
    };

    private readonly ScalarKeywords _scalars = new(space.Languages);
    private readonly ObjectKeywords _objects = new(space);

    /// <summary>What a schema allows.</summary>
    public SchemaShape Read(SchemaTerm term)
    {
        ShapeAlgebra algebra = space.Algebra;
        JsonElement schema = term.Element;
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind == JsonValueKind.True ? algebra.Any : algebra.Never;
        }

        foreach (JsonProperty property in schema.EnumerateObject())
        {
            if (!Known.Contains(property.Name) && !Silent.Contains(property.Name))
            {
                throw new UnsupportedException($"The keyword {property.Name} of the JSON schema at {term.Pointer} is not supported; leave it out or say the same with others.", property.Name);
            }
        }

        SchemaShape any = algebra.Any;
        SchemaShape shape = OfTypes(schema, new SchemaShape(any.Literals, _scalars.Numbers(schema), _scalars.Strings(schema), Arrays(schema, term.Pointer), _objects.Read(schema, term.Pointer)));
        if (schema.TryGetProperty("const", out JsonElement constant))
        {
            shape = algebra.And(shape, Constant(constant));
        }

        if (schema.TryGetProperty("enum", out JsonElement values))
        {
            shape = algebra.And(shape, values.EnumerateArray().Select(Constant).Aggregate(algebra.Never, algebra.Or));
        }

        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            shape = algebra.And(shape, space.ShapeOf(space.Reference(reference.GetString()!)));
        }

        foreach (SchemaTerm part in Terms(schema, "allOf", term.Pointer))
        {
            shape = algebra.And(shape, space.ShapeOf(part));
        }

        if (schema.TryGetProperty("anyOf", out _))
        {
            shape = algebra.And(shape, Terms(schema, "anyOf", term.Pointer).Select(space.ShapeOf).Aggregate(algebra.Never, algebra.Or));
        }

        if (schema.TryGetProperty("oneOf", out _))
        {
            shape = algebra.And(shape, ExactlyOne([.. Terms(schema, "oneOf", term.Pointer).Select(space.ShapeOf)]));
        }

        if (Term(schema, "not", term.Pointer) is { } not)
        {
            shape = algebra.And(shape, algebra.Not(space.ShapeOf(not)));
        }

        if (Term(schema, "if", term.Pointer) is { } condition)
        {
            SchemaShape holds = space.ShapeOf(condition);
            SchemaShape then = space.ShapeOf(Term(schema, "then", term.Pointer) ?? space.Any);
            SchemaShape otherwise = space.ShapeOf(Term(schema, "else", term.Pointer) ?? space.Any);
            shape = algebra.And(shape, algebra.Or(algebra.And(holds, then), algebra.And(algebra.Not(holds), otherwise)));
        }

        return shape;
    }

    /// <summary>One value alone.</summary>
    public SchemaShape Constant(JsonElement value)
    {
        SchemaShape never = space.Algebra.Never;
        JsonLanguages languages = space.Languages;
        return value.ValueKind switch
        {
            JsonValueKind.Null => never with { Literals = languages.Null },
            JsonValueKind.True => never with { Literals = languages.True },
            JsonValueKind.False => never with { Literals = languages.False },
            JsonValueKind.String => never with { Strings = languages.Space.Literal(JsonStringEncoding.Encode(value.GetString()!)) },
            JsonValueKind.Number => never with { Numbers = languages.Number(DecimalNumber.Parse(value.GetRawText())) },
            JsonValueKind.Array => never with { Arrays = [new ArrayShape([.. value.EnumerateArray().Select(space.Constant)], space.Never, value.GetArrayLength(), value.GetArrayLength())] },
            _ => never with
            {
                Objects = [new ObjectShape([.. value.EnumerateObject().Select(property => new ObjectShape.Property(JsonStringEncoding.Encode(property.Name), space.Constant(property.Value), true))], [])],
            },
        };
    }

    private SchemaShape ExactlyOne(SchemaShape[] parts)
    {
        SchemaShape one = space.Algebra.Never;
        for (int i = 0; i < parts.Length; i++)
        {
            SchemaShape alone = parts[i];
            for (int j = 0; j < parts.Length; j++)
            {
                if (i != j && !AreApart(parts[i], parts[j]))
                {
                    alone = space.Algebra.And(alone, space.Algebra.Not(parts[j]));
                }
            }

            one = space.Algebra.Or(one, alone);
        }

        return one;
    }

    // Seen from the outside: what lies within arrays and objects is looked at where it says one value or literal only.
    private bool AreApart(SchemaShape x, SchemaShape y)
    {
        SchemaShape both = space.Algebra.And(x, y);
        return !Liveness.IsLive(both.Literals) && !Liveness.IsLive(both.Numbers) && !Liveness.IsLive(both.Strings)
            && both.Arrays.Count == 0 && both.Objects.All(one => one.Names.Any(name => name.Required && IsPlainlyEmpty(name.Term)));
    }

    private bool IsPlainlyEmpty(SchemaTerm term)
    {
        if (term == space.Never)
        {
            return true;
        }

        SchemaTerm[] parts = term.Kind == SchemaTermKind.All ? term.Parts : [term];
        SchemaTerm[] simple = [.. parts.Where(part => part.Kind == SchemaTermKind.Constant
            || (part.Kind == SchemaTermKind.Schema && part.Element.ValueKind == JsonValueKind.Object && part.Element.EnumerateObject().All(one => one.Name is "const" or "enum" or "type" || Silent.Contains(one.Name))))];
        return simple.Length > 0 && !space.Fit.Has(space.All(simple), 8);
    }

    private SchemaShape OfTypes(JsonElement schema, SchemaShape shape)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return shape;
        }

        JsonLanguages languages = space.Languages;
        ByteLanguages all = languages.Space;
        SchemaShape result = space.Algebra.Never;
        foreach (string? name in type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()) : [type.GetString()])
        {
            result = name switch
            {
                "null" => result with { Literals = all.Or(result.Literals, languages.Null) },
                "boolean" => result with { Literals = all.Or(result.Literals, languages.True, languages.False) },
                "integer" => result with { Numbers = result.Numbers == shape.Numbers ? shape.Numbers : all.And(shape.Numbers, languages.Integers) },
                "number" => result with { Numbers = shape.Numbers },
                "string" => result with { Strings = shape.Strings },
                "array" => result with { Arrays = shape.Arrays },
                "object" => result with { Objects = shape.Objects },
                _ => throw new ArgumentException($"The JSON schema has a type '{name}', which there is not."),
            };
        }

        return result;
    }

    private ArrayShape[] Arrays(JsonElement schema, string pointer)
    {
        SchemaTerm? contains = Term(schema, "contains", pointer);
        int minContains = contains is null ? 0 : SchemaNumbers.Count(schema, "minContains") ?? 1;
        return
        [
            new ArrayShape(
                [.. Terms(schema, "prefixItems", pointer)], Term(schema, "items", pointer) ?? space.Any,
                SchemaNumbers.Count(schema, "minItems") ?? 0, SchemaNumbers.Count(schema, "maxItems") ?? int.MaxValue,
                minContains > 0 ? contains : null, minContains,
                schema.TryGetProperty("uniqueItems", out JsonElement unique) && unique.GetBoolean()),
        ];
    }

    private SchemaTerm? Term(JsonElement schema, string keyword, string pointer) =>
        schema.TryGetProperty(keyword, out JsonElement value) ? space.Schema(value, $"{pointer}/{keyword}") : null;

    private IEnumerable<SchemaTerm> Terms(JsonElement schema, string keyword, string pointer) =>
        schema.TryGetProperty(keyword, out JsonElement list) ? list.EnumerateArray().Select((part, i) => space.Schema(part, $"{pointer}/{keyword}/{i}")) : [];
}
