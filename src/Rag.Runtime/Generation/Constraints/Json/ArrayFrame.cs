using System.Collections.Immutable;
using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Schemas;

namespace Rag.Runtime.Generation.Constraints.Json;

/// <summary>At an array.</summary>
internal sealed class ArrayFrame(JsonMachine machine, ArrayShape shape, int depth, JsonFrame parent) : JsonFrame(parent), INotingFrame
{
    /// <summary>What comes next.</summary>
    public FramePlace Place { get; init; } = FramePlace.Open;

    /// <summary>Items that were begun.</summary>
    public int Count { get; init; }

    /// <summary>Items of them that fulfil what the array has to contain.</summary>
    public int Contained { get; init; }

    /// <summary>The texts of the items, where none may equal another.</summary>
    public ImmutableHashSet<string> Seen { get; init; } = [];

    public JsonFrame Frame => this;

    public IEnumerable<byte[]> Refused => [];

    private ArrayShape Shape => shape;

    private int Depth => depth;

    public override bool MayFollow(byte value) => Place != FramePlace.After || value is (byte)',' or (byte)']';

    public override void Next(byte value, List<JsonFrame> into)
    {
        switch (Place)
        {
            case FramePlace.Open:
                if (value == '[')
                {
                    into.Add(At(FramePlace.First, Count, Contained));
                }

                break;
            case FramePlace.First or FramePlace.After when value == ']':
                if (Count >= shape.Min && Contained >= shape.MinContains)
                {
                    into.Add(Parent!);
                }

                break;
            case FramePlace.After:
                if (value == ',' && CanGoOn())
                {
                    into.Add(At(FramePlace.Next, Count, Contained));
                }

                break;
            case FramePlace.Next when value == ' ':
                into.Add(At(FramePlace.Begun, Count, Contained));
                break;
            case FramePlace.First when !CanGoOn():
                break;
            default:
                List<JsonFrame> items = [];
                Items(items);
                items.ForEach(item => item.Next(value, into));
                break;
        }
    }

    public JsonFrame? Noted(byte[] text) => new ArrayFrame(machine, shape, depth, Parent!)
    {
        Place = FramePlace.After,
        Count = Count + 1,
        Contained = Contained,
        Seen = Seen.Add(Convert.ToHexString(text)),
    };

    protected override bool IsSame(JsonFrame other) => other is ArrayFrame array && array.Place == Place && array.Shape == shape && array.Depth == depth
        && Counted(array.Count) == Counted(Count) && array.Contained == Contained && (ReferenceEquals(array.Seen, Seen) || array.Seen.SetEquals(Seen));

    protected override int Hash() => HashCode.Combine(Place, shape, depth, Counted(Count), Contained, Parent);

    // How many items there were says nothing any more once no limit is ahead.
    private int Counted(int count) => shape.Max == int.MaxValue ? Math.Min(count, Math.Max(shape.Min, shape.Prefix.Length)) : count;

    private ArrayFrame At(FramePlace place, int count, int contained) => new(machine, shape, depth, Parent!) { Place = place, Count = count, Contained = contained, Seen = Seen };

    private bool CanGoOn() => Count < shape.Max
        && (shape.Unique ? Liveness.IsLive(Different()) : machine.Space.Fit.Has(shape.At(Count), depth) && Choices().Any());

    private ByteLanguage Different()
    {
        ByteLanguages languages = machine.Space.Languages.Space;
        return languages.And(machine.Space.Fit.UniqueScalars(shape.Rest), languages.Not(ChoiceTree.Build(Seen.Select(Convert.FromHexString), languages)));
    }

    private void Items(List<JsonFrame> into)
    {
        if (shape.Unique)
        {
            into.Add(new NotedFrame(Different(), [], this));
            return;
        }

        foreach ((SchemaTerm term, int contained) in Choices())
        {
            machine.Begin(term, At(FramePlace.After, Count + 1, contained), depth, into);
        }
    }

    // An item may be one of those that the array has to contain, or any; but not any where all the rest are needed.
    private IEnumerable<(SchemaTerm Term, int Contained)> Choices()
    {
        SchemaTerm term = shape.At(Count);
        if (shape.Contains is null || Contained >= shape.MinContains)
        {
            yield return (term, Contained);
            yield break;
        }

        ShapeFit fit = machine.Space.Fit;
        SchemaTerm both = machine.Space.All(term, shape.Contains);
        if (fit.Has(both, depth) && fit.CanContain(shape, Count + 1, shape.MinContains - Contained - 1, depth))
        {
            yield return (both, Contained + 1);
        }

        if (fit.CanContain(shape, Count + 1, shape.MinContains - Contained, depth))
        {
            yield return (term, Contained);
        }
    }
}
