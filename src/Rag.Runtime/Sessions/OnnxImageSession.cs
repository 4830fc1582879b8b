using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Networks.Heads;

namespace Rag.Runtime.Sessions;

/// <summary>An encoder of images on ONNX Runtime. Thread-safe; disposing it while calls run lets them finish.</summary>
internal sealed class OnnxImageSession : IDisposable
{
    private static readonly string[] InputNames = [GraphNames.PixelValues];
    private static readonly string[] OutputNames = [GraphNames.HeadOutput];
    private readonly SharedSession _shared;
    private readonly PatchDescription _patches;

    private OnnxImageSession(ModelGraph graph, SharedSession shared)
    {
        _patches = graph.Network.Embedding.Patches!;
        Width = graph.Network.EncoderHead!.Width;
        _shared = shared;
    }

    /// <summary>Numbers of an image's vector.</summary>
    public int Width { get; }

    /// <summary>Pixels of a side of an image.</summary>
    public int ImageSize => _patches.ImageSize;

    /// <summary>Numbers of an image: colours, each of all pixels.</summary>
    public int PixelValues => _patches.Channels * ImageSize * ImageSize;

    /// <summary>Colours of a pixel.</summary>
    public int Channels => _patches.Channels;

    public string? DeviceNotice => _shared.DeviceNotice;

    /// <inheritdoc cref="ModelGraph.WriteHead"/>
    public static OnnxImageSession Load(ModelFolder folder, RuntimeOptions options)
    {
        ModelGraph graph = ModelGraph.WriteHead(folder, HeadKind.ImageVector);
        return new OnnxImageSession(graph, SharedSession.Load(graph, options, folder.FolderPath));
    }

    /// <summary>Encodes one batch.</summary>
    /// <param name="pixels">[batch, channels, size, size], row major.</param>
    /// <param name="batch">Images, at least 1.</param>
    /// <param name="output">Receives [batch, <see cref="Width"/>].</param>
    /// <param name="cancellationToken">Ends the run, also within it.</param>
    public unsafe void Run(ReadOnlySpan<float> pixels, int batch, Span<float> output, CancellationToken cancellationToken)
    {
        if (pixels.Length != (long)batch * PixelValues || output.Length != (long)batch * Width)
        {
            throw new ArgumentException($"{batch} images need {(long)batch * PixelValues} numbers and give {(long)batch * Width}.", nameof(pixels));
        }

        fixed (float* pixelPointer = pixels)
        fixed (float* outputPointer = output)
        {
            using OrtValue input = Tensor([batch, Channels, ImageSize, ImageSize], (nint)pixelPointer, pixels.Length);
            using OrtValue result = Tensor([batch, Width], (nint)outputPointer, output.Length);
            _shared.Run(InputNames, [input], OutputNames, [result], cancellationToken);
        }
    }

    public void Dispose() => _shared.Dispose();

    private static OrtValue Tensor(long[] shape, nint data, long count) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, data, count * sizeof(float));
}
