using System.Buffers.Binary;
using Rag.Models;
using Rag.Models.Facts;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Models.Quantization;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using SafetensorsWriter = Rag.Models.Formats.Safetensors.SafetensorsWriter;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Quantised folders on ONNX Runtime: what is computed is what the stored numbers say.</summary>
public sealed class QuantizedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Append_QuantisedModel_EqualsTheModelOfTheSameValuesInSinglePrecision(bool tied)
    {
        (string whole, string small, string wide) = (_folder.File("whole"), _folder.File("small"), _folder.File("wide"));
        TinyLlama.Write(whole, hidden: 64, heads: 2, tied: tied, biases: true);
        QuantizationSummary summary = ModelQuantizer.Quantize(whole, small);
        Assert.Equal(tied ? 0 : 1, summary.Int4Tensors);
        Widen(small, wide);
        int[] ids = [.. Enumerable.Range(3, 40)];
        float[] expected = Logits(wide, ids);
        Assert.Equal(expected, Logits(small, ids), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.NotEqual(expected, Logits(whole, ids), (a, b) => Math.Abs(a - b) < 1e-4);

        // Packed, its numbers stay what they are.
        RuntimeOptions packed = new() { Threads = 1, Weights = WeightPrecision.Stored, RoundActivations = false, CacheDirectory = _folder.File("cache") };
        Assert.Equal(expected, Logits(small, ids, packed), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Contains(PackingFacts.Read(ModelFolder.Open(small), WeightPrecision.Stored, packed.CacheDirectory).Groups, group => group.Form == "int8 in blocks of 32, as stored");
    }

    private static float[] Logits(string folder, int[] ids, RuntimeOptions? options = null)
    {
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder), options ?? new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        float[] logits = new float[ids.Length * session.VocabularySize];
        session.AppendAll(ids, logits);
        return logits;
    }

    // The plain meaning of the format, written once more.
    private static void Widen(string small, string wide)
    {
        Directory.CreateDirectory(wide);
        File.Copy(Path.Combine(small, "config.json"), Path.Combine(wide, "config.json"));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(small, "model.safetensors"));
        List<TensorContent> tensors = [];
        foreach (TensorInfo tensor in file.Tensors.Where(tensor => !tensor.Name.EndsWith(".scales", StringComparison.Ordinal)))
        {
            byte[] stored = new byte[tensor.Length];
            file.ReadBytes(tensor, stored);
            float[] scales = tensor.DataType == TensorDataType.Float16 ? [] : file.ReadSingles(file.Require(tensor.Name + ".scales"));
            long columns = tensor.Shape[^1];
            (long[] shape, float[] values) = tensor.DataType switch
            {
                TensorDataType.Int8 => ([.. tensor.Shape], [.. stored.Select((value, i) => (sbyte)value * scales[i / columns])]),
                TensorDataType.UInt8 => ([tensor.Shape[0], columns * 2], [.. Enumerable.Range(0, stored.Length * 2).Select(i => (((stored[i / 2] >> (4 * (i % 2))) & 15) - 8) * scales[i / 32])]),
                _ => ((long[])[.. tensor.Shape], file.ReadSingles(tensor)),
            };
            byte[] bytes = new byte[values.Length * sizeof(float)];
            for (int i = 0; i < values.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
            }

            tensors.Add(new TensorContent(tensor.Name, TensorDataType.Float32, shape, bytes));
        }

        SafetensorsWriter.Write(Path.Combine(wide, "model.safetensors"), tensors);
    }
}
