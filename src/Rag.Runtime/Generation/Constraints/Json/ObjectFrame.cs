using System.Collections.Immutable;
using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Schemas;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>At an object.</summary>
internal sealed class ObjectFrame(JsonMachine machine, ObjectShape shape, int depth, JsonFrame parent) : JsonFrame(parent), INotingFrame
{
    private (ByteLanguage Language, HashSet<int> Named)? _keys;

    /// <summary>What comes next.</summary>
    public FramePlace Place { get; init; } = FramePlace.Open;

    /// <summary>The names of the shape that were there.</summary>
    public ImmutableHashSet<int> Named { get; init; } = [];

    /// <summary>Where names come in order, the first of the shape that may still come.</summary>
    public int From { get; init; }

    /// <summary>The names that were there beside those of the shape.</summary>
    public ImmutableHashSet<string> Others { get; init; } = [];

    /// <summary>What the value of the last name has to be.</summary>
    public SchemaTerm? Term { get; init; }

    public JsonFrame Frame => this;

    public IEnumerable<byte[]> Refused => shape.Names.Where((_, i) => !Keys().Named.Contains(i)).Select(name => name.Key).Concat(Others.Select(Convert.FromHexString));

    private ObjectShape Shape => shape;

    private int Depth => depth;

    private int Count => Named.Count + Others.Count;

    public override bool MayFollow(byte value) => Place != FramePlace.After || value is (byte)',' or (byte)'}';

    public override void Next(byte value, List<JsonFrame> into)
    {
        switch (Place, value)
        {
            case (FramePlace.Open, (byte)'{'):
                into.Add(At(FramePlace.First));
                break;
            case (FramePlace.First or FramePlace.After, (byte)'}'):
                if (Missing() == 0 && Count >= shape.Min)
                {
                    into.Add(Parent!);
                }

                break;
            case (FramePlace.After, (byte)','):
                if (Liveness.IsLive(Keys().Language))
                {
                    into.Add(At(FramePlace.Next));
                }

                break;
            case (FramePlace.Next, (byte)' '):
                into.Add(At(FramePlace.Begun));
                break;
            case (FramePlace.First or FramePlace.Next or FramePlace.Begun, (byte)'"'):
                new NotedFrame(Keys().Language, [], At(FramePlace.Begun)).Next(value, into);
                break;
            case (FramePlace.Colon, (byte)':'):
                into.Add(At(FramePlace.Value));
                break;
            case (FramePlace.Value, (byte)' '):
                into.Add(At(FramePlace.Bare));
                break;
            case (FramePlace.Value or FramePlace.Bare, _):
                List<JsonFrame> values = [];
                machine.Begin(Term!, At(FramePlace.After), depth, values);
                values.ForEach(one => one.Next(value, into));
                break;
        }
    }

    public JsonFrame? Noted(byte[] text)
    {
        for (int i = 0; i < shape.Names.Length; i++)
        {
            if (shape.Names[i].Key.AsSpan().SequenceEqual(text))
            {
                return !Keys().Named.Contains(i) ? null : new ObjectFrame(machine, shape, depth, Parent!) { Place = FramePlace.Colon, Named = Named.Add(i), From = i + 1, Others = Others, Term = shape.Names[i].Term };
            }
        }

        string other = Convert.ToHexString(text);
        return Others.Contains(other) ? null : new ObjectFrame(machine, shape, depth, Parent!)
        {
            Place = FramePlace.Colon,
            Named = Named,
            From = shape.AnyOrder ? From : shape.Names.Length,
            Others = Others.Add(other),
            Term = shape.TermOf(text),
        };
    }

    protected override bool IsSame(JsonFrame other) => other is ObjectFrame one && one.Place == Place && one.Shape == shape && one.Depth == depth && one.From == From && one.Term == Term
        && (ReferenceEquals(one.Named, Named) || one.Named.SetEquals(Named)) && (ReferenceEquals(one.Others, Others) || one.Others.SetEquals(Others));

    protected override int Hash()
    {
        // Any order of the names is the same set.
        int others = 0;
        foreach (string name in Others)
        {
            others ^= name.GetHashCode(StringComparison.Ordinal);
        }

        return HashCode.Combine(Place, shape, From, Named.Count, others, Term?.Id, Parent);
    }

    private ObjectFrame At(FramePlace place) => new(machine, shape, depth, Parent!) { Place = place, Named = Named, From = From, Others = Others, Term = place is FramePlace.Value or FramePlace.Bare ? Term : null };

    private int Missing() => Enumerable.Range(0, shape.Names.Length).Count(i => shape.Names[i].Required && !Named.Contains(i));

    private (ByteLanguage Language, HashSet<int> Named) Keys() => _keys ??= machine.Keys.Of(shape, depth, Named, From, Others);
}
