using System.CommandLine;

namespace Rag.Cli.Commands;

/// <summary><c>--device</c>: where models run.</summary>
internal static class DeviceOption
{
    private static readonly string[] Devices = ["auto", "cuda", "cpu"];

    /// <summary>The option; without a value where it is not given.</summary>
    public static Option<string?> Create() => new Option<string?>("--device")
    {
        HelpName = "DEVICE",
        Description = "Where models run: cuda, cpu, or auto, which takes CUDA where it can be had (the default).",
    }.Parsed(string.Join(", ", Devices), text => Array.Find(Devices, device => device == text));
}
