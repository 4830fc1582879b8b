using Rag.Models.Packing;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Scheduling;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation;

/// <summary>How <see cref="LocalChatClient"/> loads and runs a model.</summary>
public sealed class LocalModelOptions
{
    /// <summary>The device, threads, the form of the weights, and the cap on positions.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>The name that responses give the model; by default its name on the hub, else its folder's.</summary>
    public string? ModelId { get; set; }

    /// <summary>Told while weights are packed, on the thread that packs; null (default) for nobody.</summary>
    public IProgress<WeightPackingProgress>? PackingProgress { get; set; }

    /// <summary>
    /// Requests that are answered at once, each with a KV cache of its own; 8 by default. Their answers share the steps that compute
    /// them, so that all together come several times as fast as one after the other; beyond 8 that gains little on a processor.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 8;

    /// <summary>Requests that may wait for their turn, 64 by default; further ones are refused with a <see cref="ModelBusyException"/>.</summary>
    public int MaxQueuedRequests { get; set; } = 64;

    /// <summary>The time that a request has where it does not say; null (default) for any. See <see cref="SchedulingChatOptions.WithTimeout"/>.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>
    /// Tokens of prompts that are computed between two tokens of the answers that are under way; 0 (default) means as many as a step takes, see <see cref="RuntimeOptions.PrefillChunk"/>: fewer let those answers come more evenly and make
    /// prompts slower. Prompts are cut into pieces of as many, whether others run or not, since where they are cut shows in the rounding.
    /// </summary>
    public int PrefillTokensPerRound { get; set; }

    /// <summary>
    /// Whether answers are computed as if several always shared a step, so that none depends on what else runs even by rounding, as far as the processor's kernels
    /// treat a row alike among any number of others; nothing is guessed ahead then. Off by default: an answer that runs alone takes about a third longer. Without it, answers are the same but where two tokens are almost as
    /// probable, which with eight-bit weights is now and then.
    /// </summary>
    public bool Reproducible { get; set; }

    /// <summary>
    /// Memory for the keys and values of requests that run, of free sessions and of shared steps; by default (null) half of what this process may use.
    /// A request waits until there is room for its prompt and all the tokens that it may generate, and is refused where there will never be.
    /// </summary>
    public long? KeyValueCacheBytes { get; set; }

    /// <summary>Whether tokens that a prompt shares with an earlier one from the start are taken from its KV cache. On by default.</summary>
    public bool ReusePrefix { get; set; } = true;

    /// <summary>
    /// Memory for keys and values that outlive the KV cache they were computed in, so that any request can take those of its prompt's
    /// beginning: 512 MiB by default. Those used longest ago are dropped. 0 leaves it with the caches of free sessions, as does
    /// <see cref="ReusePrefix"/> where it is off.
    /// </summary>
    public long PrefixCacheBytes { get; set; } = 512L << 20;

    /// <summary>Tokens to generate where a request does not say; 512 by default, less where the context has no room for them.</summary>
    public int DefaultMaxOutputTokens { get; set; } = 512;

    /// <summary>
    /// How tokens are chosen where a request does not say. By default (null) as generation_config.json says, which is
    /// greedy unless that has "do_sample".
    /// </summary>
    public SamplingOptions? Sampling { get; set; }

    /// <summary>
    /// LoRA adapters by the names that requests choose them by (the additional property "adapter" of <see cref="Microsoft.Extensions.AI.ChatOptions"/>):
    /// folders with adapter_config.json and adapter_model.safetensors. Empty by default.
    /// </summary>
    public IDictionary<string, string> Adapters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The adapter of requests that name none; null (default) for the model as it is.</summary>
    public string? DefaultAdapter { get; set; }

    /// <summary>How tokens are guessed ahead and checked several in one step, while a request runs alone. Answers do not depend on it but for rounding; see there.</summary>
    public SpeculationOptions Speculation { get; set; } = new();

    internal long KeyValueCacheLimit => KeyValueCacheBytes ?? Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, 1);

    /// <summary>The same with the sizes of pieces that a model was loaded with, where they were left open.</summary>
    internal LocalModelOptions For(OnnxDecoderModel model)
    {
        LocalModelOptions copy = (LocalModelOptions)MemberwiseClone();
        copy.PrefillTokensPerRound = PrefillTokensPerRound > 0 ? PrefillTokensPerRound : model.PrefillChunk;
        copy.Runtime = model.Options;
        return copy;
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
        Sampling?.Validate();
        ArgumentNullException.ThrowIfNull(Speculation);
        Speculation.Validate();
        if (DefaultAdapter is { } adapter && !Adapters.ContainsKey(adapter))
        {
            throw new ArgumentException($"DefaultAdapter is '{adapter}', which is none of the Adapters.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentRequests, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxQueuedRequests);
        ArgumentOutOfRangeException.ThrowIfNegative(PrefillTokensPerRound);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeyValueCacheBytes ?? 1, 1, nameof(KeyValueCacheBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(RequestTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(PrefixCacheBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(DefaultMaxOutputTokens, 1);
    }
}
