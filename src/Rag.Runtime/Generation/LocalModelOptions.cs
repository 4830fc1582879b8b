using Rag.Models.Packing;
using Rag.Runtime.Generation.Sampling;
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

    /// <summary>Requests that are answered at once, each with a KV cache of its own; 2 by default. Others wait.</summary>
    public int MaxSessions { get; set; } = 2;

    /// <summary>Whether tokens that a prompt shares with an earlier one from the start are taken from its KV cache. On by default.</summary>
    public bool ReusePrefix { get; set; } = true;

    /// <summary>Tokens to generate where a request does not say; 512 by default, less where the context has no room for them.</summary>
    public int DefaultMaxOutputTokens { get; set; } = 512;

    /// <summary>
    /// How tokens are chosen where a request does not say. By default (null) as generation_config.json says, which is
    /// greedy unless that has "do_sample".
    /// </summary>
    public SamplingOptions? Sampling { get; set; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
        Sampling?.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DefaultMaxOutputTokens, 1);
    }
}
