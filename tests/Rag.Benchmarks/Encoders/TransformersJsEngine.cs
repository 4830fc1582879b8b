using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Rag.Benchmarks.Encoders;

/// <summary>npm @huggingface/transformers, in a process of its own that stays.</summary>
internal sealed class TransformersJsEngine : IEncoderEngine
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Process _process;

    private TransformersJsEngine(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>Starts it.</summary>
    /// <param name="peerFolder">Where the package was installed.</param>
    /// <param name="model">The model's folder below "models" there.</param>
    /// <param name="type">"fp32" or "q8".</param>
    public static async Task<TransformersJsEngine> StartAsync(string peerFolder, string model, string type)
    {
        string script = Path.Combine(peerFolder, "peer.mjs");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Encoders", "peer.mjs"), script, overwrite: true);
        ProcessStartInfo start = new("node") { WorkingDirectory = peerFolder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])[script, Path.Combine(peerFolder, "models") + "/", model, type, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        string? ready = await process.StandardOutput.ReadLineAsync();
        return ready == "ready" ? new TransformersJsEngine($"transformers.js, {type}", process) : throw new InvalidOperationException($"The peer said '{ready}'.");
    }

    public async Task<EncoderRun> EmbedAsync(string[] texts)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(texts, Json));
        await _process.StandardInput.FlushAsync();
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The peer ended.");
        return JsonSerializer.Deserialize<EncoderRun>(line, Json)!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
