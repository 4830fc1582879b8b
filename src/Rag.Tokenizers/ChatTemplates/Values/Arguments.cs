namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>The arguments of a call, filter or test.</summary>
/// <param name="Positional">By place.</param>
/// <param name="Named">By name.</param>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static readonly Arguments None = new([], new Dictionary<string, object?>());

    /// <summary>The argument at a place or under a name, or a default.</summary>
    public object? Get(int index, string name, object? fallback = null) =>
        index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out object? value) ? value : fallback;

    /// <summary>Whether it was given.</summary>
    public bool Has(int index, string name) => index < Positional.Count || Named.ContainsKey(name);

    /// <summary>The argument at a place, which must be there.</summary>
    public object? Require(int index, string name) =>
        Has(index, name) ? Get(index, name) : throw new TemplateFailure($"missing the argument '{name}'");

    /// <summary>Refuses more arguments than there is use for.</summary>
    public Arguments AtMost(int count) =>
        Positional.Count + Named.Count <= count ? this : throw new TemplateFailure($"takes at most {count} arguments and was given {Positional.Count + Named.Count}");
}
