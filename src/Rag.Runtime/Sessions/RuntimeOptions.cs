using Rag.Models.Hub;
using Rag.Models.Packing;
using Rag.Runtime.Sessions.Kernels;

namespace Rag.Runtime.Sessions;

/// <summary>How a model is run. The defaults suit a machine that does other work as well.</summary>
public sealed class RuntimeOptions
{
    /// <summary>Where to run: "cpu", "cuda", or "auto" (default), which takes CUDA where it can be had.</summary>
    public string Device { get; set; } = "auto";

    /// <summary>
    /// Threads that one step may use; 0 (default) means one per processor that this process may use, or fewer where
    /// <see cref="ProbeKernels"/> finds a decoder with packed weights clearly faster so.
    /// </summary>
    public int Threads { get; set; }

    /// <summary>
    /// Whether idle worker threads spin instead of sleeping. Off by default: spinning is a little faster on an otherwise
    /// idle machine and much slower on one that has other work.
    /// </summary>
    public bool AllowSpinning { get; set; }

    /// <summary>
    /// The most tokens that one step of a prefill takes; 0 (default) means 256, or what <see cref="ProbeKernels"/> finds clearly faster for a
    /// decoder with packed weights, of 128 to 1,024. Cancellation takes effect within a step anyway.
    /// </summary>
    public int PrefillChunk { get; set; }

    /// <summary>Caps the positions of a decoder below what its configuration allows, and so the KV cache; null (default) for no cap.</summary>
    public int? MaxPositions { get; set; }

    /// <summary>Whether scratch memory is kept between steps. On by default; off gives it back after every step, slower.</summary>
    public bool KeepScratchMemory { get; set; } = true;

    /// <summary>
    /// How matrices are held and multiplied; <see cref="WeightPrecision.Single"/> (default) is exact. Sentence encoders know that and
    /// <see cref="WeightPrecision.Int8"/>, which rounds each token's states as well; heads on encoders take no notice of it. A decoder's
    /// packed weights are made once and kept below <see cref="CacheDirectory"/>.
    /// </summary>
    public WeightPrecision Weights { get; set; } = WeightPrecision.Single;

    /// <summary>
    /// Whether products with packed matrices round the values that go in to eight bits, by blocks of a row, and multiply integers. On
    /// by default: it is several times faster, and its error is of the size of that of 8-bit weights. A row's result depends on no other row.
    /// </summary>
    public bool RoundActivations { get; set; } = true;

    /// <summary>
    /// How keys and values are kept; <see cref="KeyValuePrecision.Single"/> by default. For eight bits the model is loaded in single
    /// precision first and computes 256 tokens from all over its vocabulary; a scale is 1.25 times the largest number found, for keys of
    /// both that rotation mixes, by 127. Larger ones are cut off. Rows are rounded once: rewinding, copies and saved prefixes stay exact.
    /// </summary>
    public KeyValuePrecision KeyValues { get; set; } = KeyValuePrecision.Single;

    /// <summary>
    /// Whether what is left open is chosen by timing kernels when a decoder of some sizes is first loaded with packed weights on a machine, which
    /// takes one to three seconds and is remembered in <see cref="CacheDirectory"/> ("rag-kernels.json"): how single tokens attend to long
    /// sequences, <see cref="Threads"/>, <see cref="PrefillChunk"/>, and whether <see cref="WeightPrecision.Auto"/> may be
    /// <see cref="WeightPrecision.Int8Rows"/>. What is not clearly faster leaves the default. <see cref="OnnxDecoderModel.KernelsNotice"/>
    /// says what was found. On by default.
    /// </summary>
    public bool ProbeKernels { get; set; } = true;

    /// <summary>The longest that timing kernels may take, but for a run that has begun; 3 seconds by default. What was not timed by then keeps its default.</summary>
    public TimeSpan KernelProbeLimit { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The most that <see cref="WeightPrecision.Auto"/> may lose by taking <see cref="WeightPrecision.Int8Rows"/>, in nats a token: the
    /// divergence from what the model predicts in <see cref="WeightPrecision.Int8"/>, on up to 256 tokens of a built-in text. It is
    /// measured once, where rows are faster: that takes the packing of both forms, which stay in the cache, two loads, and twice these tokens.
    /// .01 by default: an eighth of what four bits cost (.08), several times what rows cost models without outliers (.001 to .003). 0 never takes them.
    /// </summary>
    public double MaxInt8RowsLoss { get; set; } = .01;

    /// <summary>What times them; null for the machine itself.</summary>
    internal IKernelTimer? KernelTimer { get; set; }

    /// <summary>The folder under which packed weights are kept (in "rag-packed"). By default the folder of downloaded models, see <see cref="ModelHubOptions.CacheDirectory"/>.</summary>
    public string CacheDirectory { get; set; } = new ModelHubOptions().CacheDirectory;

    internal RuntimeOptions With(KeyValuePrecision keyValues)
    {
        RuntimeOptions copy = (RuntimeOptions)MemberwiseClone();
        copy.KeyValues = keyValues;
        return copy;
    }

    internal RuntimeOptions With(WeightPrecision weights)
    {
        RuntimeOptions copy = (RuntimeOptions)MemberwiseClone();
        copy.Weights = weights;
        return copy;
    }

    internal RuntimeOptions With(KernelChoice choice)
    {
        RuntimeOptions copy = (RuntimeOptions)MemberwiseClone();
        copy.Threads = Threads > 0 ? Threads : choice.Threads;
        copy.PrefillChunk = PrefillChunk > 0 ? PrefillChunk : choice.PrefillChunk;
        return copy;
    }

    // On the processor, and with nothing left open.
    internal RuntimeOptions Settled(WeightPrecision weights)
    {
        RuntimeOptions copy = (RuntimeOptions)MemberwiseClone();
        (copy.Weights, copy.Device, copy.ProbeKernels, copy.KeyValues) = (weights, "cpu", false, KeyValuePrecision.Single);
        return copy;
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Device is not ("auto" or "cpu" or "cuda"))
        {
            throw new ArgumentException($"Device is '{Device}'; it must be auto, cpu or cuda.");
        }

        if (!Enum.IsDefined(KeyValues))
        {
            throw new ArgumentException($"KeyValues is {KeyValues}; it must be a value of {nameof(KeyValuePrecision)}.");
        }

        if (!Enum.IsDefined(Weights))
        {
            throw new ArgumentException($"Weights is {Weights}; it must be a value of {nameof(WeightPrecision)}.");
        }

        if (Weights == WeightPrecision.Int8Rows && !RoundActivations)
        {
            throw new ArgumentException($"Weights is {Weights}, which multiplies integers, but {nameof(RoundActivations)} is off; take {WeightPrecision.Int8} for exact activations.");
        }

        ArgumentException.ThrowIfNullOrEmpty(CacheDirectory);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfNegative(PrefillChunk);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(KernelProbeLimit, TimeSpan.Zero);
        if (!(MaxInt8RowsLoss >= 0))
        {
            throw new ArgumentException($"{nameof(MaxInt8RowsLoss)} is {MaxInt8RowsLoss}; it must be 0 or more.");
        }

        if (MaxPositions is { } positions)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1, nameof(MaxPositions));
        }
    }
}
