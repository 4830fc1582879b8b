using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>How a model is compared.</summary>
public sealed class VerificationOptions
{
    /// <summary>How it is run; exact by default.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>
    /// The greatest absolute difference that is allowed, 1e-4 by default: about three times what two right implementations in
    /// single precision differ by. Chosen tokens are compared as far as the reference chose by more than it.
    /// </summary>
    public double Tolerance { get; set; } = 1e-4;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
        if (!double.IsFinite(Tolerance) || Tolerance < 0)
        {
            throw new ArgumentException($"Tolerance is {Tolerance}; it must be a number from 0.");
        }
    }
}
