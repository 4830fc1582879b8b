using System.Text.Json;
using System.Text.RegularExpressions;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Tests.Generation.Constraints;

public sealed class TextConstraintTests
{
    [Theory]
    [InlineData("(a)\\1", "back-reference")]
    [InlineData("a(?=b)", "look-around")]
    [InlineData("(?<!b)a", "look-around")]
    [InlineData("\\bword\\b", "word boundary")]
    [InlineData("(?>a)", "atomic")]
    [InlineData("a++", "possessive")]
    public void FromRegex_WhatIsNoRegularLanguage_IsRefusedByName(string pattern, string name) =>
        Assert.Contains(name, Assert.Throws<UnsupportedException>(() => TextConstraint.FromRegex(pattern)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a{3,2}")]
    [InlineData("a\\")]
    [InlineData("[z-a]")]
    [InlineData("a^b")]
    public void FromRegex_BrokenOrImpossible_IsAnArgumentError(string pattern) =>
        Assert.ThrowsAny<ArgumentException>(() => TextConstraint.FromRegex(pattern));

    [Theory]
    [InlineData("^a|b$", "a,b", "ab,c")]
    [InlineData("^(a|^b)$", "a,b", "ab")]
    [InlineData("(^|x)a", "a,xa", "aa")]
    [InlineData("a(b|$)", "ab,a", "abb")]
    [InlineData("a{,2}b", "b,ab,aab", "aaab")]
    [InlineData("a{x}", "a{x}", "a")]
    [InlineData("[]a]+", "],a,]a", "b")]
    public void FromRegex_CornersOfTheSyntax_AreAsInPython(string pattern, string accepted, string rejected)
    {
        TextConstraint constraint = TextConstraint.FromRegex(pattern);
        Assert.All(accepted.Split(','), text => Assert.True(constraint.IsMatch(text), text));
        Assert.All(rejected.Split(','), text => Assert.False(constraint.IsMatch(text), text));
    }

    [Theory]
    [InlineData("(a|b|ab)*c")]
    [InlineData("((x?y){2,5}|z+){1,3}")]
    [InlineData("[^aeiou]{3}\\d*")]
    [InlineData("(a*)*(b|c{2}){0,3}")]
    public void FromRegex_RandomTexts_AgreesWithTheBaseLibrary(string pattern)
    {
        TextConstraint constraint = TextConstraint.FromRegex(pattern);
        Regex reference = new("^(?:" + pattern + ")\\z", RegexOptions.CultureInvariant);
        Random random = new(3);
        for (int i = 0; i < 2000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => "abcxyz12"[random.Next(8)]));
            Assert.True(reference.IsMatch(text) == constraint.IsMatch(text), text);
        }
    }

    [Fact]
    public void FromChoices_TakesEachAndNothingElse()
    {
        TextConstraint constraint = TextConstraint.FromChoices(["yes", "yesterday", "no", "", "네"]);
        Assert.All(["yes", "yesterday", "no", "", "네"], text => Assert.True(constraint.IsMatch(text), text));
        Assert.All(["y", "yest", "nono", "Yes"], text => Assert.False(constraint.IsMatch(text), text));
        Assert.Throws<ArgumentException>(() => TextConstraint.FromChoices([]));
    }

    [Theory]
    [InlineData("{\"$dynamicRef\":\"#a\"}", "$dynamicRef")]
    [InlineData("{\"unevaluatedProperties\":false}", "unevaluatedProperties")]
    [InlineData("{\"maxContains\":2}", "maxContains")]
    [InlineData("{\"format\":\"regex\"}", "format")]
    [InlineData("{\"$ref\":\"http://example.org/a\"}", "$ref")]
    [InlineData("{\"type\":\"array\",\"uniqueItems\":true}", "uniqueItems")]
    [InlineData("{\"$ref\":\"#\"}", "itself")]
    [InlineData("{\"properties\":{\"a\":{\"items\":{\"made-up\":1}}}}", "made-up")]
    [InlineData("{\"not\":{\"additionalProperties\":false}}", "additionalProperties")]
    public void FromJsonSchema_KeywordsNotSupported_AreRefusedByName(string schema, string name) =>
        Assert.Contains(name, Assert.Throws<UnsupportedException>(() => TextConstraint.FromJsonSchema(Json(schema))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("false")]
    [InlineData("{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}")]
    [InlineData("{\"type\":\"string\",\"pattern\":\"^a$\",\"minLength\":2}")]
    [InlineData("{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"$ref\":\"#\"}}}")]
    [InlineData("{\"type\":\"object\",\"minProperties\":3,\"properties\":{\"a\":true,\"b\":true},\"additionalProperties\":false}")]
    [InlineData("{\"type\":\"array\",\"items\":{\"enum\":[1,2]},\"uniqueItems\":true,\"minItems\":3}")]
    [InlineData("{\"type\":3}")]
    [InlineData("{\"type\":\"strin\"}")]
    public void FromJsonSchema_BrokenOrImpossible_IsAnArgumentError(string schema) =>
        Assert.ThrowsAny<ArgumentException>(() => TextConstraint.FromJsonSchema(Json(schema)));

    [Theory]
    [InlineData("{\"type\":\"array\",\"items\":{\"enum\":[1,2,3]},\"uniqueItems\":true,\"minItems\":3}", "[2,1,3]", "[1,2]")]
    [InlineData("{\"type\":\"object\",\"minProperties\":2,\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2},\"c\":{\"const\":3}},\"additionalProperties\":false}", "{\"a\":1,\"c\":3}", "{\"c\":3}")]
    [InlineData("{\"type\":\"number\",\"multipleOf\":0.25,\"exclusiveMinimum\":-1}", "-0.75", "-1.0")]
    [InlineData("{\"type\":\"number\",\"minimum\":0.5,\"maximum\":10.25}", "10.250", "10.2501")]
    [InlineData("{\"type\":\"array\",\"prefixItems\":[{\"type\":\"null\"}],\"contains\":{\"const\":7},\"minContains\":2,\"maxItems\":3}", "[null,7,7]", "[null,7,8]")]
    [InlineData("{\"not\":{\"enum\":[1,\"a\",null]}}", "2", "1.0")]
    [InlineData("{\"not\":{\"type\":\"object\",\"required\":[\"a\"]}}", "{\"b\":1}", "{\"a\":1}")]
    [InlineData("{\"type\":\"string\",\"format\":\"date-time\"}", "\"2024-02-29T23:59:59.5+01:00\"", "\"2024-02-30T00:00:00Z\"")]
    [InlineData("{\"type\":\"string\",\"format\":\"ipv6\"}", "\"fe80::1\"", "\"1::2::3\"")]
    [InlineData("{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"a\"}},\"required\":[\"k\"],\"additionalProperties\":false},{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"b\"}},\"required\":[\"k\"],\"additionalProperties\":false}]}", "{\"k\":\"b\"}", "{\"k\":\"c\"}")]
    public void FromJsonSchema_CornersOfTheKeywords(string schema, string accepted, string rejected)
    {
        TextConstraint constraint = TextConstraint.FromJsonSchema(Json(schema));
        Assert.True(constraint.IsMatch(accepted), accepted);
        Assert.False(constraint.IsMatch(rejected), rejected);
        TokenMasks masks = new(Vocabularies.Of([accepted, rejected]));
        Random random = new(5);
        for (int i = 0; i < 30; i++)
        {
            if (Vocabularies.Walk(constraint, masks, random) is { } text)
            {
                Assert.True(constraint.IsMatch(text), text);
            }
        }
    }

    [Fact]
    public void Hostile_sources_pass_a_limit_that_is_named_and_nothing_worse()
    {
        Limited(nameof(ConstraintOptions.MaxNesting), () => TextConstraint.FromRegex(new string('(', 5000) + new string(')', 5000)));
        Limited(nameof(ConstraintOptions.MaxSourceLength), () => TextConstraint.FromRegex(new string('a', 2_000_000)));
        Limited(nameof(ConstraintOptions.MaxNesting), () => TextConstraint.FromGbnf("root ::= " + new string('(', 5000)));
        Limited(nameof(ConstraintOptions.MaxStates), () => TextConstraint.FromGbnf("root ::= (\"a\" root? \"b\"){0,100000000}"));
        Limited(nameof(ConstraintOptions.MaxAlternatives), () => TextConstraint.FromJsonSchema(Json(
            "{\"allOf\":[" + string.Join(',', Enumerable.Range(0, 20).Select(i => $"{{\"anyOf\":[{{\"required\":[\"a{i}\"]}},{{\"required\":[\"b{i}\"]}}]}}")) + "]}")));

        // Large by its numbers alone: only what is met is built.
        TextConstraint repeats = TextConstraint.FromRegex("(a{0,100000}){0,100000}b");
        Assert.True(repeats.IsMatch("aaaab"));
        TextConstraint alternations = TextConstraint.FromRegex("(a|b)*a(a|b){18}");
        Assert.True(alternations.IsMatch("a" + new string('b', 18)));
        Assert.False(alternations.IsMatch("b" + new string('b', 18)));
        TextConstraint few = TextConstraint.FromRegex("(a|b)*a(a|b){18}", new ConstraintOptions { MaxStates = 400 });
        Random random = new(1);
        Limited(nameof(ConstraintOptions.MaxStates), () => few.IsMatch(string.Concat(Enumerable.Range(0, 5000).Select(_ => "ab"[random.Next(2)]))));
        string deep = string.Concat(Enumerable.Repeat("[", 64)) + string.Concat(Enumerable.Repeat("]", 64));
        Assert.True(TextConstraint.FromJsonSchema(Json("{}")).IsMatch(deep));
        Assert.False(TextConstraint.FromJsonSchema(Json("{}")).IsPrefix("[" + deep));

        static void Limited(string name, Action action) => Assert.Equal(name, Assert.Throws<LimitExceededException>(action).LimitName);
    }

    [Theory]
    [InlineData("root ::= undefined", "undefined")]
    [InlineData("other ::= \"a\"", "root")]
    [InlineData("root ::= \"a", "closed")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "twice")]
    [InlineData("root ::= root \"a\"", "no text")]
    public void FromGbnf_Broken_SaysWhat(string grammar, string what) =>
        Assert.Contains(what, Assert.ThrowsAny<ArgumentException>(() => TextConstraint.FromGbnf(grammar)).Message, StringComparison.Ordinal);

    [Fact]
    public void FromLark_DirectivesAreRefusedByName() =>
        Assert.Contains("%ignore", Assert.Throws<UnsupportedException>(() => TextConstraint.FromLark("start: \"a\"\n%ignore \" \"\n")).Message, StringComparison.Ordinal);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
