using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>ONNX Runtime itself: wherever the build took it from, its library loads and runs a graph.</summary>
public sealed class OnnxRuntimeTests
{
    [Fact]
    public void Run_AddGraph_AddsElementwise()
    {
        using InferenceSession session = new(AddGraph());
        using OrtValue left = OrtValue.CreateTensorValueFromMemory([1f, 2f, 3f], [3]);
        using OrtValue right = OrtValue.CreateTensorValueFromMemory([10f, 20f, 30f], [3]);
        using RunOptions options = new();

        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["a", "b"], [left, right], ["sum"]);

        Assert.Equal([11f, 22f, 33f], outputs[0].GetTensorDataAsSpan<float>().ToArray());
    }

    /// <summary>An ONNX model of one node, sum = Add(a, b) over three floats, as protobuf bytes (fields as in onnx.proto3).</summary>
    private static byte[] AddGraph()
    {
        byte[] node = [.. Field(1, "a"), .. Field(1, "b"), .. Field(2, "sum"), .. Field(4, "Add")];
        byte[] graph = [.. Field(1, node), .. Field(2, "add"), .. Field(11, Floats("a")), .. Field(11, Floats("b")), .. Field(12, Floats("sum"))];
        byte[] opset = Field(2, 13);
        return [.. Field(1, 8), .. Field(7, graph), .. Field(8, opset)];
    }

    private static byte[] Floats(string name)
    {
        byte[] shape = Field(1, Field(1, 3));
        byte[] tensor = [.. Field(1, 1), .. Field(2, shape)];
        return [.. Field(1, name), .. Field(2, Field(1, tensor))];
    }

    private static byte[] Field(int number, byte value) => [(byte)(number << 3), value];

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), checked((byte)bytes.Length), .. bytes];
}
