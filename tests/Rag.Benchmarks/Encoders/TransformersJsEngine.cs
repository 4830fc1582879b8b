using System.Globalization;

namespace Rag.Benchmarks.Encoders;

/// <summary>npm @huggingface/transformers, in a process of its own that stays.</summary>
internal sealed class TransformersJsEngine : IEncoderEngine
{
    private readonly NodePeer _peer;

    private TransformersJsEngine(string name, NodePeer peer) => (Name, _peer) = (name, peer);

    public string Name { get; }

    /// <summary>Starts it.</summary>
    /// <param name="peerFolder">Where the package was installed.</param>
    /// <param name="model">The model's folder below "models" there.</param>
    /// <param name="type">"fp32" or "q8".</param>
    public static async Task<TransformersJsEngine> StartAsync(string peerFolder, string model, string type) => new(
        $"transformers.js, {type}",
        await NodePeer.StartAsync(
            peerFolder, Path.Combine("Encoders", "peer.mjs"), Path.Combine(peerFolder, "models") + "/", model, type, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)));

    public Task<EncoderRun> EmbedAsync(string[] texts) => _peer.AskAsync<EncoderRun>(texts);

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
