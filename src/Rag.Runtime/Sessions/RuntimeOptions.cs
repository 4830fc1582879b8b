namespace Rag.Runtime.Sessions;

/// <summary>How a model is run. The defaults suit a machine that does other work as well.</summary>
public sealed class RuntimeOptions
{
    /// <summary>Where to run: "cpu", "cuda", or "auto" (default), which takes CUDA where it can be had.</summary>
    public string Device { get; set; } = "auto";

    /// <summary>Threads that one step may use; 0 (default) means one per processor that this process may use.</summary>
    public int Threads { get; set; }

    /// <summary>
    /// Whether idle worker threads spin instead of sleeping. Off by default: spinning is a little faster on an otherwise
    /// idle machine and much slower on one that has other work.
    /// </summary>
    public bool AllowSpinning { get; set; }

    /// <summary>The most tokens that one step of a prefill takes, 256 by default. Cancellation takes effect within a step anyway.</summary>
    public int PrefillChunk { get; set; } = 256;

    /// <summary>Caps the positions of a decoder below what its configuration allows, and so the KV cache; null (default) for no cap.</summary>
    public int? MaxPositions { get; set; }

    /// <summary>Whether scratch memory is kept between steps. On by default; off gives it back after every step, slower.</summary>
    public bool KeepScratchMemory { get; set; } = true;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Device is not ("auto" or "cpu" or "cuda"))
        {
            throw new ArgumentException($"Device is '{Device}'; it must be auto, cpu or cuda.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefillChunk, 1);
        if (MaxPositions is { } positions)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1, nameof(MaxPositions));
        }
    }
}
