using Microsoft.ML.OnnxRuntime;

namespace Rag.Runtime.Sessions;

/// <summary>What ONNX Runtime's error at a step means.</summary>
internal static class StepFailure
{
    // What the arena (bfc_arena.cc), the allocators and the standard library say.
    private static readonly string[] NoMemory = ["Failed to allocate memory", "bad_alloc", "bad allocation", "out of memory"];

    /// <summary>The exception to throw.</summary>
    /// <param name="error">What ONNX Runtime threw.</param>
    /// <param name="model">The model's folder.</param>
    /// <param name="step">What the step was to do, such as "3 tokens after 200"; null where that is not known.</param>
    public static RagException Of(OnnxRuntimeException error, string model, string? step = null) =>
        NoMemory.Any(words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
            ? new UnavailableException($"There is no memory for a step of the model {model}{At(step)}: {error.Message}", model, error)
            : new IncompatibleException($"ONNX Runtime cannot run the model {model}{At(step)}: {error.Message}", model, error);

    private static string At(string? step) => step is null ? "" : $" ({step})";
}
