using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>How a model is compared.</summary>
public sealed class VerificationOptions
{
    internal const double DefaultTolerance = 1e-4;

    /// <summary>How it is run; exact by default.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>
    /// The greatest absolute difference that is allowed. Null, the default, allows 1e-4, and 5e-4 for the logits of a masked
    /// language model: some three times what two right implementations in single precision differ by. Chosen tokens are compared
    /// as far as the reference chose by more than it.
    /// </summary>
    public double? Tolerance { get; set; }

    internal double AllowedDifference => Tolerance ?? DefaultTolerance;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
        if (Tolerance is { } tolerance && (!double.IsFinite(tolerance) || tolerance < 0))
        {
            throw new ArgumentException($"Tolerance is {tolerance}; it must be a number from 0.");
        }
    }
}
