using Microsoft.ML.OnnxRuntime;
using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>Whether a network can run on CUDA, and the sentence that says why it does not.</summary>
internal static class DeviceChoice
{
    private static readonly Lock EnvironmentLock = new();

    /// <summary>Why CUDA is not to be tried; null where it is.</summary>
    public static string? WhyNotCuda(RuntimeOptions options)
    {
        EnsureEnvironment();
        if (options.Device == "cpu")
        {
            return "it was not asked for";
        }

        if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            return "this build of ONNX Runtime has no CUDA provider";
        }

        return null;
    }

    /// <summary>Why a decoder cannot run on CUDA; null where it can, as far as its kernels' documentation says (GroupQueryAttention in ContribOperators.md).</summary>
    public static string? WhyNotCuda(NetworkDescription decoder) =>
        decoder.Layers.Any(layer => layer.Mixer is AttentionDescription { Alibi: not null }) ? "its attention has biases by distance, which CUDA's kernel does not take" : null;

    /// <summary>What to tell who asked for CUDA by name; null for everybody else.</summary>
    public static string? Notice(RuntimeOptions options, string? reason) =>
        options.Device == "cuda" ? $"CUDA was asked for, but {reason}; the CPU is used instead." : null;

    /// <summary>The first user of ONNX Runtime in a process decides what it logs; its warnings are not for people who ask questions.</summary>
    public static void EnsureEnvironment()
    {
        lock (EnvironmentLock)
        {
            if (!OrtEnv.IsCreated)
            {
                EnvironmentCreationOptions creation = new() { logId = "Rag", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
                OrtEnv.CreateInstanceWithOptions(ref creation);
            }
        }
    }
}
