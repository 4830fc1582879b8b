namespace Rag.Benchmarks.LlamaCpp;

/// <summary>llama.cpp in one of its two ways of attention.</summary>
internal sealed class LlamaCppEngine(NodePeer peer, bool flash) : IDecoderEngine
{
    public string Name => flash ? "llama.cpp, flash attention" : "llama.cpp, plain attention";

    public Task<DecoderRun> RunAsync(int kept, int[] tokens, int answer) => peer.AskAsync<DecoderRun>(new { flash, kept, tokens, answer });

    // The process belongs to both.
    public ValueTask DisposeAsync() => flash ? peer.DisposeAsync() : ValueTask.CompletedTask;
}
