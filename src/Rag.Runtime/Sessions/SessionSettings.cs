using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>ONNX Runtime's settings from ours. Keys: onnxruntime_session_options_config_keys.h.</summary>
internal static class SessionSettings
{
    public static SessionOptions Create(ModelGraph graph, RuntimeOptions options, bool cuda)
    {
        SessionOptions settings = new()
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            IntraOpNumThreads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            InterOpNumThreads = 1,
            EnableCpuMemArena = options.KeepScratchMemory,
        };
        return Completed(settings, cuda, more =>
        {
            more.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            more.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", graph.WeightsFolder);

            // Weights stored as bytes become floats while loading: without this they would at every step.
            more.AddSessionConfigEntry("session.disable_quant_qdq", "1");

            // Weights stay outside of the arena, which would round their sizes up.
            more.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        });
    }

    /// <summary>Those of the small graphs that move what lies in a device's memory.</summary>
    public static SessionOptions CreateSmall(bool cuda) => Completed(
        new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1, InterOpNumThreads = 1 }, cuda, _ => { });

    private static SessionOptions Completed(SessionOptions settings, bool cuda, Action<SessionOptions> complete)
    {
        try
        {
            complete(settings);
            if (cuda)
            {
                // Its default rounds the inputs of products to 10 bits.
                using OrtCUDAProviderOptions provider = new();
                provider.UpdateOptions(new Dictionary<string, string> { ["use_tf32"] = "0" });
                settings.AppendExecutionProvider_CUDA(provider);
            }

            return settings;
        }
        catch
        {
            settings.Dispose();
            throw;
        }
    }
}
