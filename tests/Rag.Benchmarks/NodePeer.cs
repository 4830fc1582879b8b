using System.Diagnostics;
using System.Text.Json;

namespace Rag.Benchmarks;

/// <summary>A script in a process of its own that stays: a line of JSON in, a line of JSON out.</summary>
internal sealed class NodePeer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Process _process;

    private NodePeer(Process process) => _process = process;

    /// <summary>Copies the script beside the peer's packages, starts it, and waits until it says "ready".</summary>
    public static async Task<NodePeer> StartAsync(string peerFolder, string script, params string[] arguments)
    {
        string copy = Path.Combine(Path.GetFullPath(peerFolder), Path.GetDirectoryName(script) + ".mjs");
        File.Copy(Path.Combine(AppContext.BaseDirectory, script), copy, overwrite: true);
        ProcessStartInfo start = new("node") { WorkingDirectory = peerFolder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])[copy, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        string? ready = await process.StandardOutput.ReadLineAsync();
        return ready == "ready" ? new NodePeer(process) : throw new InvalidOperationException($"{script} said '{ready}'; is its package installed in {peerFolder}?");
    }

    public async Task<T> AskAsync<T>(object question)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question, Json));
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The peer ended.");
        return JsonSerializer.Deserialize<T>(line, Json)!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
