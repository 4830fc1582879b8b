using System.Text.Json;
using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The keywords about numbers and strings.</summary>
internal sealed class ScalarKeywords(JsonLanguages languages)
{
    public ByteLanguage Numbers(JsonElement schema)
    {
        List<ByteLanguage> all = [languages.Numbers];
        Bound("minimum", above: true, inclusive: true);
        Bound("exclusiveMinimum", above: true, inclusive: false);
        Bound("maximum", above: false, inclusive: true);
        Bound("exclusiveMaximum", above: false, inclusive: false);
        if (SchemaNumbers.Number(schema, "multipleOf") is { } factor)
        {
            all.Add(languages.Of(new DecimalMultiple(factor)));
        }

        return languages.Space.And(all);

        void Bound(string keyword, bool above, bool inclusive)
        {
            if (SchemaNumbers.Number(schema, keyword) is { } bound)
            {
                all.Add(languages.Of(new DecimalBound(bound, above, inclusive)));
            }
        }
    }

    public ByteLanguage Strings(JsonElement schema)
    {
        int min = SchemaNumbers.Count(schema, "minLength") ?? 0;
        int max = SchemaNumbers.Count(schema, "maxLength") is { } most and < int.MaxValue ? most : ByteLanguages.Unlimited;
        if (max != ByteLanguages.Unlimited && min > max)
        {
            return languages.Space.Empty;
        }

        List<ByteLanguage> all = [];
        if (schema.TryGetProperty("pattern", out JsonElement pattern))
        {
            all.Add(languages.Matching(pattern.GetString()!));
        }

        if (schema.TryGetProperty("format", out JsonElement format))
        {
            string name = format.GetString()!;
            all.Add(languages.Whole(StringFormats.PatternOf(name)
                ?? throw new UnsupportedException($"The keyword format of the JSON schema asks for '{name}', which is not supported; say the same with pattern.", "format")));
        }

        if (min > 0 || max != ByteLanguages.Unlimited || all.Count == 0)
        {
            all.Add(languages.Length(min, max));
        }

        return languages.Space.And(all);
    }
}
