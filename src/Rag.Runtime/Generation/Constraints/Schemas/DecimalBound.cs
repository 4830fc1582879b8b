using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The numbers on one side of a bound, compared digit by digit as they are written.</summary>
/// <param name="bound">The bound.</param>
/// <param name="above">Whether the numbers above it are taken; else those below.</param>
/// <param name="inclusive">Whether the bound itself is.</param>
internal sealed class DecimalBound(DecimalNumber bound, bool above, bool inclusive) : IByteAutomaton
{
    private readonly List<Place> _places = [new Place(false, false, false, 0, 0)];
    private readonly Dictionary<Place, int> _known = [];

    public ByteBoundaries Boundaries => NumberBytes.Boundaries;

    public int Next(int state, byte value)
    {
        Place at = _places[state];
        Place? next = value switch
        {
            (byte)'-' when at is { Digits: 0, InFraction: false } => at with { IsNegative = true },
            (byte)'.' when !at.InFraction => at with { InFraction = true, Digits = 0, Order = Magnitude(at, whole: true) },
            >= (byte)'0' and <= (byte)'9' => Digit(at, (char)value),
            _ => null,
        };
        return next is null ? -1 : Of(next);
    }

    public bool Accepts(int state)
    {
        Place at = _places[state];
        int sign = !at.IsNonZero ? 0 : at.IsNegative ? -1 : 1;
        int boundSign = bound.IsZero ? 0 : bound.IsNegative ? -1 : 1;
        int order = sign != boundSign ? sign.CompareTo(boundSign) : sign * Magnitude(at, whole: false);
        return order == 0 ? inclusive : order > 0 == above;
    }

    private Place Digit(Place at, char digit)
    {
        string digits = at.InFraction ? bound.Fraction : bound.Whole;
        int order = at.Order;
        if (order == 0 && (at.InFraction || at.Digits < digits.Length))
        {
            order = digit.CompareTo(at.Digits < digits.Length ? digits[at.Digits] : '0');
        }

        return at with { IsNonZero = at.IsNonZero || digit != '0', Digits = Math.Min(at.Digits + 1, digits.Length + 1), Order = Math.Sign(order) };
    }

    private int Magnitude(Place at, bool whole) =>
        at.InFraction ? (at.Order == 0 && at.Digits < bound.Fraction.Length ? -1 : at.Order)
        : at.Digits != bound.Whole.Length ? at.Digits.CompareTo(bound.Whole.Length)
        : at.Order == 0 && !whole && bound.Fraction.Length > 0 ? -1
        : at.Order;

    private int Of(Place place)
    {
        if (!_known.TryGetValue(place, out int state))
        {
            state = _known[place] = _places.Count;
            _places.Add(place);
        }

        return state;
    }

    private sealed record Place(bool IsNegative, bool IsNonZero, bool InFraction, int Digits, int Order);
}
