using System.Globalization;
using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The multiples of a number, by the remainder of the digits written so far.</summary>
internal sealed class DecimalMultiple : IByteAutomaton
{
    private const int MaxUnits = 1_000_000;

    private readonly int _units;
    private readonly int _decimals;

    /// <exception cref="UnsupportedException">The number has too many digits, or is not above 0.</exception>
    public DecimalMultiple(DecimalNumber number)
    {
        _decimals = number.Fraction.Length;
        string digits = number.Whole + number.Fraction;
        if (number.IsNegative || number.IsZero || digits.Length > 7 || (_units = int.Parse(digits, CultureInfo.InvariantCulture)) > MaxUnits)
        {
            throw new UnsupportedException("The keyword multipleOf of the JSON schema is supported for numbers above 0 of at most six digits.", "multipleOf");
        }
    }

    public ByteBoundaries Boundaries => NumberBytes.Boundaries;

    // A state is the remainder and the decimals so far; those before the point count as none, with a mark of their own.
    public int Next(int state, byte value)
    {
        (int phase, int rest) = Math.DivRem(state, _units);
        if (value == '.')
        {
            return phase == 0 ? _units + rest : -1;
        }

        if (value is < (byte)'0' or > (byte)'9')
        {
            return value == '-' && state == 0 ? 0 : -1;
        }

        int digit = value - '0';
        if (phase == _decimals + 1)
        {
            return digit == 0 ? state : -1;
        }

        rest = (int)(((10L * rest) + digit) % _units);
        return ((phase == 0 ? 0 : phase + 1) * _units) + rest;
    }

    public bool Accepts(int state)
    {
        (int phase, int rest) = Math.DivRem(state, _units);
        long scaled = rest;
        for (int i = Math.Max(0, phase - 1); i < _decimals; i++)
        {
            scaled = scaled * 10 % _units;
        }

        return scaled == 0;
    }
}
