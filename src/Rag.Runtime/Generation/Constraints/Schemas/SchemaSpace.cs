using System.Text.Json;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The terms of one schema document, each once, and what they allow. Not thread-safe.</summary>
internal sealed class SchemaSpace
{
    private readonly Dictionary<string, SchemaTerm> _terms = [];
    private readonly JsonElement _root;
    private readonly SchemaReader _reader;

    public SchemaSpace(JsonElement root, ConstraintOptions options)
    {
        _root = root;
        Options = options;
        Languages = new JsonLanguages(options);
        Algebra = new ShapeAlgebra(this);
        Fit = new ShapeFit(this);
        _reader = new SchemaReader(this);
        Any = Make("any", SchemaTermKind.Schema, element: JsonSerializer.SerializeToElement(true));
        Never = Make("never", SchemaTermKind.Schema, element: JsonSerializer.SerializeToElement(false));
        Root = Schema(root, "#");
    }

    public ConstraintOptions Options { get; }

    public JsonLanguages Languages { get; }

    public ShapeAlgebra Algebra { get; }

    public ShapeFit Fit { get; }

    public SchemaTerm Any { get; }

    public SchemaTerm Never { get; }

    public SchemaTerm Root { get; }

    /// <summary>A schema at a place in the document.</summary>
    public SchemaTerm Schema(JsonElement element, string pointer) => element.ValueKind switch
    {
        JsonValueKind.True => Any,
        JsonValueKind.False => Never,
        JsonValueKind.Object => Make("s" + pointer, SchemaTermKind.Schema, element, pointer),
        _ => throw new ArgumentException($"The JSON schema has at {pointer} neither an object nor true or false."),
    };

    /// <summary>One value.</summary>
    public SchemaTerm Constant(JsonElement value) => Make("c" + value.GetRawText(), SchemaTermKind.Constant, value);

    /// <summary>The schema that a reference names.</summary>
    /// <exception cref="UnsupportedException">It leads out of the document, or nowhere.</exception>
    public SchemaTerm Reference(string reference)
    {
        if (!reference.StartsWith('#') || (reference.Length > 1 && reference[1] != '/'))
        {
            throw new UnsupportedException($"The keyword $ref of the JSON schema names '{reference}'; only pointers within the document (#/...) are supported.", "$ref");
        }

        JsonElement at = _root;
        foreach (string step in Uri.UnescapeDataString(reference[1..]).Split('/').Skip(1).Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            bool found = at.ValueKind switch
            {
                JsonValueKind.Object => at.TryGetProperty(step, out at),
                JsonValueKind.Array => int.TryParse(step, out int index) && index >= 0 && index < at.GetArrayLength() && (at = at[index]).ValueKind != JsonValueKind.Undefined,
                _ => false,
            };
            if (!found)
            {
                throw new ArgumentException($"The JSON schema refers to '{reference}', which it does not have.");
            }
        }

        return Schema(at, reference);
    }

    /// <summary>What all of several terms allow.</summary>
    public SchemaTerm All(params IEnumerable<SchemaTerm> terms)
    {
        SchemaTerm[] parts = [.. terms.SelectMany(term => term.Kind == SchemaTermKind.All ? term.Parts : [term]).Where(term => term != Any).Distinct().OrderBy(term => term.Id)];
        return parts.Contains(Never) || parts.Any(part => part.Kind == SchemaTermKind.Not && parts.Contains(part.Parts[0])) ? Never
            : parts.Length == 0 ? Any
            : parts.Length == 1 ? parts[0]
            : Make("a" + string.Join(',', parts.Select(part => part.Id)), SchemaTermKind.All, parts: parts);
    }

    /// <summary>What a term does not allow.</summary>
    public SchemaTerm Not(SchemaTerm term) =>
        term == Any ? Never
        : term == Never ? Any
        : term.Kind == SchemaTermKind.Not ? term.Parts[0]
        : Make("n" + term.Id, SchemaTermKind.Not, parts: [term]);

    /// <summary>What a term allows.</summary>
    /// <exception cref="UnsupportedException">A keyword is not supported.</exception>
    public SchemaShape ShapeOf(SchemaTerm term)
    {
        if (term.Shape is { } known)
        {
            return known;
        }

        if (term.IsOpen)
        {
            throw new UnsupportedException($"The JSON schema refers at {term.Pointer} to itself without an array or object between, so that it says nothing.", "$ref");
        }

        term.IsOpen = true;
        try
        {
            return term.Shape = term.Kind switch
            {
                SchemaTermKind.Schema => _reader.Read(term),
                SchemaTermKind.Constant => _reader.Constant(term.Element),
                SchemaTermKind.All => term.Parts.Select(ShapeOf).Aggregate(Algebra.And),
                _ => Algebra.Not(ShapeOf(term.Parts[0])),
            };
        }
        finally
        {
            term.IsOpen = false;
        }
    }

    /// <summary>Looks into every term that can be reached, so that whatever is not supported is said before the first token.</summary>
    public void Explore()
    {
        HashSet<SchemaTerm> seen = [Root];
        Queue<SchemaTerm> queue = new(seen);
        while (queue.TryDequeue(out SchemaTerm? term))
        {
            foreach (SchemaTerm below in Algebra.Below(ShapeOf(term)))
            {
                if (seen.Add(below))
                {
                    queue.Enqueue(below);
                }
            }
        }
    }

    private SchemaTerm Make(string key, SchemaTermKind kind, JsonElement element = default, string pointer = "", SchemaTerm[]? parts = null)
    {
        if (_terms.TryGetValue(key, out SchemaTerm? known))
        {
            return known;
        }

        if (_terms.Count >= Options.MaxAlternatives)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxAlternatives), Options.MaxAlternatives, _terms.Count + 1L, "The JSON schema");
        }

        return _terms[key] = new SchemaTerm(_terms.Count, kind) { Element = element, Pointer = pointer, Parts = parts ?? [] };
    }
}
