using Microsoft.ML.OnnxRuntime;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>What people are told of a step that ONNX Runtime cannot run.</summary>
public sealed class StepFailureTests
{
    [Fact]
    public void Of_AnError_NamesTheModelAndTheStep()
    {
        RagException error = StepFailure.Of(Error(), "models/small", "3 tokens after 200");
        Assert.IsType<IncompatibleException>(error);
        Assert.Contains("models/small (3 tokens after 200)", error.Message, StringComparison.Ordinal);
        Assert.Equal("models/small", error.Location);
        Assert.DoesNotContain("(", StepFailure.Of(Error(), "models/small").Message.Split(':')[0], StringComparison.Ordinal);
    }

    // ONNX Runtime alone makes its exceptions.
    private static OnnxRuntimeException Error() => Assert.Throws<OnnxRuntimeException>(() => new InferenceSession("no model"u8.ToArray()));
}
