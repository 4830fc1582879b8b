using System.Text.Json;
using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The keywords about objects.</summary>
internal sealed class ObjectKeywords(SchemaSpace space)
{
    private readonly ByteLanguages _languages = space.Languages.Space;

    public IReadOnlyList<ObjectShape> Read(JsonElement schema, string pointer)
    {
        IReadOnlyList<ObjectShape> shapes = [Base(schema, pointer)];
        foreach (JsonProperty dependent in Properties(schema, "dependentRequired"))
        {
            ObjectShape needs = new([.. dependent.Value.EnumerateArray().Select(name => new ObjectShape.Property(JsonStringEncoding.Encode(name.GetString()!), space.Any, true))], [space.Algebra.AnyFamily]);
            shapes = space.Algebra.And(shapes, [Without(dependent.Name), needs]);
        }

        foreach (JsonProperty dependent in Properties(schema, "dependentSchemas"))
        {
            SchemaTerm then = space.Schema(dependent.Value, $"{pointer}/dependentSchemas/{Escape(dependent.Name)}");
            shapes = space.Algebra.And(shapes, [Without(dependent.Name), .. space.ShapeOf(then).Objects]);
        }

        return shapes;
    }

    private ObjectShape Without(string name) => new([new ObjectShape.Property(JsonStringEncoding.Encode(name), space.Never, false)], [space.Algebra.AnyFamily]);

    private ObjectShape Base(JsonElement schema, string pointer)
    {
        SchemaTerm additional = schema.TryGetProperty("additionalProperties", out JsonElement rest) ? space.Schema(rest, $"{pointer}/additionalProperties") : space.Any;
        List<(ByteLanguage Keys, SchemaTerm Term)> patterns =
            [.. Properties(schema, "patternProperties").Select(property => (space.Languages.Matching(property.Name), space.Schema(property.Value, $"{pointer}/patternProperties/{Escape(property.Name)}")))];
        ByteLanguage allowed = schema.TryGetProperty("propertyNames", out JsonElement names)
            ? space.ShapeOf(space.Schema(names, $"{pointer}/propertyNames")).Strings
            : space.Languages.Strings;
        ObjectShape.Family[] families = Families(patterns, allowed, additional);
        HashSet<string> required = schema.TryGetProperty("required", out JsonElement list) ? [.. list.EnumerateArray().Select(name => name.GetString()!)] : [];
        List<ObjectShape.Property> properties = [];
        foreach (JsonProperty property in Properties(schema, "properties"))
        {
            byte[] key = JsonStringEncoding.Encode(property.Name);
            SchemaTerm term = allowed.Next(key) is { CanEnd: true }
                ? space.All(patterns.Where(pattern => pattern.Keys.Next(key) is { CanEnd: true }).Select(pattern => pattern.Term).Append(space.Schema(property.Value, $"{pointer}/properties/{Escape(property.Name)}")))
                : space.Never;
            properties.Add(new ObjectShape.Property(key, term, required.Remove(property.Name)));
        }

        ObjectShape named = new([.. properties], families);
        return named with
        {
            Names = [.. properties, .. required.Select(JsonStringEncoding.Encode).Select(key => new ObjectShape.Property(key, named.TermOf(key) ?? space.Never, true))],
            Min = SchemaNumbers.Count(schema, "minProperties") ?? 0,
            Max = SchemaNumbers.Count(schema, "maxProperties") ?? int.MaxValue,
        };
    }

    // Names that match the same patterns have the same term: one family for each set of patterns that has a name.
    private ObjectShape.Family[] Families(List<(ByteLanguage Keys, SchemaTerm Term)> patterns, ByteLanguage allowed, SchemaTerm additional)
    {
        List<(ByteLanguage Keys, SchemaTerm[] Terms)> families = [(allowed, [])];
        foreach ((ByteLanguage keys, SchemaTerm term) in patterns)
        {
            families =
            [
                .. families.Select(family => (Keys: _languages.And(family.Keys, keys), Terms: (SchemaTerm[])[.. family.Terms, term]))
                    .Concat(families.Select(family => (Keys: _languages.And(family.Keys, _languages.Not(keys)), family.Terms)))
                    .Where(family => Liveness.IsLive(family.Keys)),
            ];
            if (families.Count > space.Options.MaxAlternatives)
            {
                throw new LimitExceededException(nameof(ConstraintOptions.MaxAlternatives), space.Options.MaxAlternatives, families.Count, "The JSON schema");
            }
        }

        return [.. families.Select(family => new ObjectShape.Family(family.Keys, family.Terms.Length == 0 ? additional : space.All(family.Terms))).Where(family => family.Term != space.Never)];
    }

    private static JsonElement.ObjectEnumerator Properties(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out JsonElement value) ? value.EnumerateObject() : default;

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
