using Rag.Documents;
using Rag.Index.Filters;

namespace Rag.Index.Tests.Support;

/// <summary>Random metadata, access, filters and principals over few names and values, so that they meet often.</summary>
internal static class RandomScopes
{
    private static readonly string[] Names = ["year", "tag", "place", "score", "draft", "date", "not", "odd \"name"];
    private static readonly string[] People = ["ann", "bob", "eve", "team x", "équipe"];
    private static readonly string[] Words = ["a", "b", "old/a", "old/b", "it's", "하나"];

    public static DocumentAttributes Attributes(Random random) => new() { Metadata = Metadata(random), Access = Access(random) };

    public static DocumentMetadata Metadata(Random random) =>
        DocumentMetadata.Create(Names.Where(_ => random.Next(2) == 0).Select(name => KeyValuePair.Create(name, Value(random, sets: true))));

    public static IReadOnlyList<string> Access(Random random) => random.Next(3) switch
    {
        0 => [],
        1 when random.Next(3) == 0 => [AccessRules.EveryPrincipal],
        _ => [.. People.Where(_ => random.Next(3) == 0).Order(StringComparer.Ordinal)],
    };

    public static SearchScope Scope(Random random) => random.Next(20) == 0
        ? SearchScope.Unrestricted with { Filter = random.Next(2) == 0 ? null : Filter(random, 2) }
        : new(random.Next(3) == 0 ? null : Filter(random, random.Next(1, 4)), random.Next(4) == 0 ? null : new Principal(People.Where(_ => random.Next(2) == 0).Append("ann")));

    public static MetadataFilter Filter(Random random, int depth) => depth <= 1 || random.Next(3) == 0 ? Leaf(random) : random.Next(3) switch
    {
        0 => Filter(random, depth - 1) & Filter(random, depth - 1),
        1 => Filter(random, depth - 1) | Filter(random, depth - 1),
        _ => !Filter(random, depth - 1),
    };

    private static MetadataFilter Leaf(Random random)
    {
        string name = random.Next(12) switch { 0 => DocumentFields.IdName, 1 => DocumentFields.TitleName, _ => Names[random.Next(Names.Length)] };
        return random.Next(7) switch
        {
            0 => MetadataFilter.Equal(name, Value(random)),
            1 => MetadataFilter.AnyOf(name, Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value(random))),
            2 => MetadataFilter.Range(name, Value(random), null, lowerInclusive: random.Next(2) == 0),
            3 => MetadataFilter.Range(name, random.Next(2) == 0 ? null : Value(random), Value(random), random.Next(2) == 0, random.Next(2) == 0),
            4 => MetadataFilter.StartsWith(name, random.Next(2) == 0 ? "old/" : "d"),
            5 => MetadataFilter.Contains(name, Words[random.Next(Words.Length)]),
            _ => MetadataFilter.Exists(name),
        };
    }

    private static MetadataValue Value(Random random, bool sets = false) => random.Next(sets ? 7 : 5) switch
    {
        0 => random.Next(2018, 2024),
        1 => random.Next(8) * 0.5,
        2 => random.Next(2) == 0,
        3 => new DateTimeOffset(2020 + random.Next(4), 1, 1, random.Next(24), 0, 0, TimeSpan.FromHours(random.Next(-2, 3))),
        4 => Words[random.Next(Words.Length)],
        _ => MetadataValue.Of(Words.Where(_ => random.Next(3) == 0)),
    };
}
