namespace Rag.Runtime.Generation.Constraints;

/// <summary>The limits of compiling and following a <see cref="TextConstraint"/>; each is named where it is passed.</summary>
public sealed class ConstraintOptions
{
    /// <summary>The most characters that a pattern, a grammar, a schema or all choices together may have; 1,000,000 by default.</summary>
    public int MaxSourceLength { get; set; } = 1_000_000;

    /// <summary>The deepest nesting of a pattern's, grammar's or schema's own text; 200 by default.</summary>
    public int MaxNesting { get; set; } = 200;

    /// <summary>The most states that are kept of what was met so far; 200,000 by default, of a few hundred bytes each.</summary>
    public int MaxStates { get; set; } = 200_000;

    /// <summary>The most ways in which one state may be read, and alternatives parts that a schema may be turned into; 10,000 by default.</summary>
    public int MaxAlternatives { get; set; } = 10_000;

    /// <summary>How deep arrays and objects of JSON may nest; 64 by default, as deep as System.Text.Json reads.</summary>
    public int MaxDepth { get; set; } = 64;

    /// <summary>The most digits before and after the point of a number of JSON; 15 by default, which a double holds exactly.</summary>
    public int MaxNumberDigits { get; set; } = 15;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSourceLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNesting, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxNesting, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAlternatives, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDepth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDepth, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNumberDigits, 1);
    }
}
