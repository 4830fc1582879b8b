using System.Text;
using Microsoft.ML.OnnxRuntime;
using Rag.Models;
using Rag.Models.Graphs;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Taking weights apart must cost nothing once a model is loaded.</summary>
public sealed class FoldedWeightsTests
{
    [Theory]
    [InlineData("llama_gptq_actorder", "BitShift")]
    [InlineData("llama_awq_int4", "BitShift")]
    [InlineData("gpt_oss_mxfp4", "BitShift")]
    [InlineData("llama_fp8_block", "Expand")]
    [InlineData("gpt_neox", "Slice")]
    [InlineData("gpt2", "Slice")]
    [InlineData("deepseek_v3", "Slice")]
    public void A_loaded_session_has_no_node_left_of_what_rearranges_weights(string name, string operation)
    {
        ModelGraph graph = ModelGraph.Write(ModelFolder.Open(SharedData.Require("fixtures", "models", name)));
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.FolderPath, "optimized.onnx");
        using SessionOptions settings = SessionSettings.Create(graph, new RuntimeOptions { Threads = 1 }, cuda: false);
        settings.OptimizedModelFilePath = path;
        using InferenceSession session = new(graph.Bytes, settings);

        Assert.True(HasNode(graph.Bytes, operation));
        Assert.False(HasNode(File.ReadAllBytes(path), operation));
    }

    // NodeProto.op_type: field 4, a text.
    private static bool HasNode(byte[] model, string operation) =>
        model.AsSpan().IndexOf((byte[])[0x22, (byte)operation.Length, .. Encoding.UTF8.GetBytes(operation)]) >= 0;
}
