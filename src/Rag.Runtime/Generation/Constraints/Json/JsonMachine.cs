using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Schemas;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>Reads JSON under a schema, every way at once. Its states are kept, so that a way gone twice is looked up.</summary>
internal sealed class JsonMachine(SchemaSpace space)
{
    private const int MaxKept = 20_000;

    private readonly HashSet<JsonState> _states = [];

    public SchemaSpace Space => space;

    public ObjectKeys Keys { get; } = new ObjectKeys(space);

    /// <summary>The state before the value; null where there is no value.</summary>
    public JsonState? Start()
    {
        List<JsonFrame> frames = [];
        Begin(space.Root, new EndFrame(), space.Options.MaxDepth, frames);
        return State(frames);
    }

    /// <summary>Adds the frames before a value of a term.</summary>
    public void Begin(SchemaTerm term, JsonFrame parent, int depth, List<JsonFrame> into)
    {
        SchemaShape shape = space.ShapeOf(term);
        ByteLanguage scalars = space.Fit.Scalars(term);
        if (scalars.Kind != LanguageKind.Empty)
        {
            into.Add(new LeafFrame(scalars, parent));
        }

        into.AddRange(shape.Arrays.Where(array => depth > 0 && space.Fit.Has(array, depth - 1)).Select(array => new ArrayFrame(this, array, depth - 1, parent)));
        into.AddRange(shape.Objects.Where(one => depth > 0 && space.Fit.Has(one, depth - 1)).Select(one => new ObjectFrame(this, one, depth - 1, parent)));
    }

    /// <summary>The state of frames; null where there is none.</summary>
    public JsonState? State(List<JsonFrame> frames)
    {
        if (frames.Count == 0)
        {
            return null;
        }

        JsonFrame[] distinct = frames.Count == 1 ? [frames[0]] : [.. frames.Distinct()];
        if (distinct.Length > space.Options.MaxAlternatives)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxAlternatives), space.Options.MaxAlternatives, distinct.Length, "The JSON schema");
        }

        JsonState made = new(this, distinct);
        if (_states.TryGetValue(made, out JsonState? known))
        {
            return known;
        }

        if (_states.Count == MaxKept)
        {
            _states.Clear();
        }

        _states.Add(made);
        return made;
    }
}
