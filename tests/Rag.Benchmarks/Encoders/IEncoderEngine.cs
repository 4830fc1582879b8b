namespace Rag.Benchmarks.Encoders;

/// <summary>Something that makes vectors of texts.</summary>
internal interface IEncoderEngine : IAsyncDisposable
{
    string Name { get; }

    Task<EncoderRun> EmbedAsync(string[] texts);
}
