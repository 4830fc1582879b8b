using Rag.Tests.Support;

namespace Rag.Cli.Tests.Support;

/// <summary>The example documents, ingested once without a model; the index lives apart so that the clone stays clean.</summary>
public sealed class ObservatoryFixture : IAsyncLifetime
{
    private readonly WorkFolder _index = new();

    /// <summary>The folder of documents.</summary>
    public string Documents { get; } = Path.Combine(SharedData.RepositoryRoot!, "examples", "observatory");

    /// <summary>The folder of the index.</summary>
    public string Index => _index.Path;

    /// <summary>The arguments that every command over them has.</summary>
    public string[] With(params string[] arguments) => [.. arguments, "--docs", Documents, "--index", Index, "--embedding-model", "none"];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        ToolResult result = await RagTool.RunAsync("ingest", Documents, "--index", Index, "--embedding-model", "none");
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _index.Dispose();
        return ValueTask.CompletedTask;
    }
}
