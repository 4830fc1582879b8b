using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>ONNX Runtime's settings from ours. Keys: onnxruntime_session_options_config_keys.h.</summary>
internal static class SessionSettings
{
    private static readonly Lock EnvironmentLock = new();

    public static SessionOptions Create(ModelGraph graph, RuntimeOptions options, out string? notice)
    {
        EnsureEnvironment();
        SessionOptions settings = new()
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            IntraOpNumThreads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            InterOpNumThreads = 1,
            EnableCpuMemArena = options.KeepScratchMemory,
        };
        try
        {
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            settings.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", graph.WeightsFolder);

            // Weights stay outside of the arena, which would round their sizes up.
            settings.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
            notice = ChooseDevice(settings, graph, options);
            return settings;
        }
        catch
        {
            settings.Dispose();
            throw;
        }
    }

    private static string? ChooseDevice(SessionOptions settings, ModelGraph graph, RuntimeOptions options)
    {
        if (options.Device == "cpu")
        {
            return null;
        }

        string? reason = TryCuda(settings, graph);
        return reason is null || options.Device == "auto" ? null : $"CUDA was asked for, but {reason}; the CPU is used instead.";
    }

    private static string? TryCuda(SessionOptions settings, ModelGraph graph)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            return "this build of ONNX Runtime has no CUDA provider";
        }

        if (graph.Network.Kind == NetworkKind.Decoder)
        {
            return "decoders run in single precision, for which CUDA has no GroupQueryAttention";
        }

        try
        {
            settings.AppendExecutionProvider_CUDA();
            return null;
        }
        catch (OnnxRuntimeException e)
        {
            return $"its provider cannot be loaded ({e.Message})";
        }
    }

    // The first user of ONNX Runtime in a process decides what it logs; its warnings are not for people who ask questions.
    private static void EnsureEnvironment()
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
