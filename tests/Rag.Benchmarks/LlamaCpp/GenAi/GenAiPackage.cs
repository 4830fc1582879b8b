using System.Runtime.InteropServices;

namespace Rag.Benchmarks.LlamaCpp.GenAi;

/// <summary>npm's build of onnxruntime-genai 0.15.2, for the same ONNX Runtime that this library runs on, in a folder that is ours to write.</summary>
internal static class GenAiPackage
{
    private const string Package = "com.github.asus4.onnxruntime-genai";
    private const string Version = "0.4.9";

    /// <summary>Installs it where it is not there, and loads it.</summary>
    /// <returns>Why it cannot be had; null where it is loaded.</returns>
    public static async Task<string?> LoadAsync(string folder)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || OperatingSystem.IsMacOS())
        {
            return "it is built for Linux and Windows on x64";
        }

        string library = Path.Combine(
            folder, "node_modules", Package, "Plugins", OperatingSystem.IsWindows() ? "Windows" : "Linux", "x64", OperatingSystem.IsWindows() ? "onnxruntime-genai.dll" : "libonnxruntime-genai.so");
        if (!File.Exists(library))
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"private":true}""");
            if (await LlamaCppPackage.NpmAsync(folder, $"{Package}@{Version}") is { } reason)
            {
                return reason;
            }
        }

        try
        {
            GenAiLibrary.Load(library);
            return null;
        }
        catch (DllNotFoundException e)
        {
            return e.Message;
        }
    }
}
