using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Quantization;
using Rag.Tests.Support;
using SafetensorsWriter = Rag.Models.Formats.Safetensors.SafetensorsWriter;

namespace Rag.Models.Tests.Quantization;

/// <summary>Whole folders, and what the graph writer says to damaged ones.</summary>
public sealed class ModelQuantizerTests : IDisposable
{
    private const string Words = "model.embed_tokens.weight";
    private const string Query = "model.layers.0.self_attn.q_proj.weight";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Quantize_Folder_StoresMatricesWordsAndVectorsEachInTheirForm()
    {
        QuantizationSummary summary = Quantize();
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("small", "model.safetensors"));
        Assert.Equal("I8 [32, 32]", file.Require(Query).Describe());
        Assert.Equal("F16 [32]", file.Require(Query + ".scales").Describe());
        Assert.Equal("U8 [64, 16]", file.Require(Words).Describe());
        Assert.Equal("F16 [64, 1]", file.Require(Words + ".scales").Describe());
        Assert.Equal("F16 [32]", file.Require("model.norm.weight").Describe());
        Assert.Equal("1", file.Metadata["rag.quantization"]);
        Assert.Equal(1, summary.Int4Tensors);
        Assert.Equal(file.Tensors.Sum(tensor => tensor.Length), summary.Bytes);
        Assert.InRange(summary.Bytes, 1, summary.SourceBytes / 3);
        Assert.NotEmpty(ModelGraph.Write(ModelFolder.Open(summary.FolderPath)).Bytes);
    }

    [Fact]
    public void Quantize_TiedHead_LeavesTheWordsEightBits()
    {
        Assert.Equal(0, Quantize(tied: true).Int4Tensors);
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("small", "model.safetensors"));
        Assert.Equal(TensorDataType.Int8, file.Require(Words).DataType);
    }

    [Fact]
    public void Quantize_IntoAFolderThatHoldsSomething_IsRefused()
    {
        string whole = Whole();
        Assert.Contains("not empty", Assert.Throws<UnavailableException>(() => ModelQuantizer.Quantize(whole, whole)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_WhatIsQuantisedAlready_IsRefused()
    {
        string small = Quantize().FolderPath;
        UnsupportedException error = Assert.Throws<UnsupportedException>(() => ModelQuantizer.Quantize(small, _folder.File("smaller")));
        Assert.Contains("quantised already", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("smaller")));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Quantize_WeightThatIsNotFinite_IsCorrupt(float bad)
    {
        string whole = Whole();
        Edit(whole, Query, tensor =>
        {
            byte[] bytes = tensor.Bytes.ToArray();
            BitConverter.TryWriteBytes(bytes.AsSpan(40), bad);
            return tensor with { Bytes = bytes };
        });
        Assert.Contains(Query, Assert.Throws<CorruptException>(() => ModelQuantizer.Quantize(whole, _folder.File("small"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_Cancelled_WritesNothing()
    {
        string whole = Whole();
        Assert.ThrowsAny<OperationCanceledException>(() => ModelQuantizer.Quantize(whole, _folder.File("small"), cancellationToken: new CancellationToken(canceled: true)));
        Assert.False(Directory.Exists(_folder.File("small")));
    }

    [Fact]
    public void Quantize_CancelledWhenTheLastTensorIsDone_LeavesNothing()
    {
        using CancellationTokenSource source = new();
        Reports seen = new(() => source.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => ModelQuantizer.Quantize(Whole(), _folder.File("small"), progress: seen, cancellationToken: source.Token));
        Assert.NotEmpty(seen.All);
        Assert.Equal([_folder.File("whole")], Directory.GetFileSystemEntries(_folder.FolderPath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Quantize_Progress_CountsEveryByteOnce(bool tied)
    {
        Reports seen = new(() => { });
        string whole = Whole(tied, hidden: 256);
        QuantizationSummary summary = ModelQuantizer.Quantize(whole, _folder.File("small"), progress: seen);
        Assert.True(seen.All.Count > 1);
        Assert.All(seen.All, report => Assert.Equal(summary.SourceBytes, report.TotalBytes));
        Assert.Equal(summary.SourceBytes, seen.All[^1].Bytes);
        Assert.Equal(seen.All.Select(report => report.Bytes).Order(), seen.All.Select(report => report.Bytes));
    }

    [Fact]
    public void Quantize_AfterAKilledRun_TakesItsPlace()
    {
        Directory.CreateDirectory(_folder.File("small.partial", "1_Pooling"));
        File.WriteAllText(_folder.File("small.partial", "model.safetensors.partial"), "half");
        Quantize();
        Assert.False(Directory.Exists(_folder.File("small.partial")));
        Assert.True(File.Exists(_folder.File("small", "model.safetensors")));
    }

    [Theory]
    [InlineData(Query + ".scales", "I8 [32, 32]")]
    [InlineData(Words + ".scales", "U8 [64, 16]")]
    public void Write_MissingScales_NamesThem(string scales, string matrix)
    {
        string small = Quantize().FolderPath;
        Edit(small, scales, _ => null);
        string message = Assert.Throws<IncompatibleException>(() => Graph(small)).Message;
        Assert.Contains($"lacks its scales, '{scales}'", message, StringComparison.Ordinal);
        Assert.Contains(matrix, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Query + ".scales", 16)]
    [InlineData(Words + ".scales", 128)]
    public void Write_ScalesOfTheWrongLength_NamesBothShapes(string scales, int length)
    {
        string small = Quantize().FolderPath;
        Edit(small, scales, tensor => tensor with { Shape = [length], Bytes = new byte[length * 2] });
        string message = Assert.Throws<IncompatibleException>(() => Graph(small)).Message;
        Assert.Contains($"'{scales}' as F16 [{length}]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Query + ".scales")]
    [InlineData(Words + ".scales")]
    public void Write_ScaleThatIsNotFinite_IsCorrupt(string scales)
    {
        string small = Quantize().FolderPath;
        Edit(small, scales, tensor =>
        {
            byte[] bytes = tensor.Bytes.ToArray();
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 2), Half.PositiveInfinity);
            return tensor with { Bytes = bytes };
        });
        Assert.Contains(scales, Assert.Throws<CorruptException>(() => Graph(small)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_PackedTableOfTheWrongWidth_NamesBothShapes()
    {
        string small = Quantize().FolderPath;
        Edit(small, Words, tensor => tensor with { Shape = [64, 17], Bytes = new byte[64 * 17] });
        Assert.Contains("U8 [64, 17]", Assert.Throws<IncompatibleException>(() => Graph(small)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_PackedRowsThatDoNotDivideIntoBlocks_SaysSo()
    {
        string small = Quantize(hidden: 40).FolderPath;
        Edit(small, Words, tensor => new TensorContent(Words, TensorDataType.UInt8, [64, 20], new byte[64 * 20]));
        Assert.Contains("blocks of 32", Assert.Throws<IncompatibleException>(() => Graph(small)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_PackedMatrixOfALinearLayer_IsNotSupported()
    {
        string small = Quantize().FolderPath;
        Edit(small, Query, tensor => new TensorContent(Query, TensorDataType.UInt8, [32, 16], new byte[32 * 16]));
        Edit(small, Query + ".scales", tensor => tensor with { Shape = [32, 1] });
        Assert.Contains("word embeddings alone", Assert.Throws<UnsupportedException>(() => Graph(small)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LaterLayout_IsNotSupported()
    {
        string small = Quantize().FolderPath;
        Edit(small, Query, tensor => tensor, new Dictionary<string, string> { ["rag.quantization"] = "2" });
        Assert.Contains("layout '2'", Assert.Throws<UnsupportedException>(() => Graph(small)).Message, StringComparison.Ordinal);
    }

    private static ModelGraph Graph(string folder) => ModelGraph.Write(ModelFolder.Open(folder));

    private string Whole(bool tied = false, int hidden = 32)
    {
        TinyLlama.Write(_folder.File("whole"), hidden: hidden, tied: tied);
        return _folder.File("whole");
    }

    private QuantizationSummary Quantize(bool tied = false, int hidden = 32) => ModelQuantizer.Quantize(Whole(tied, hidden), _folder.File("small"));

    // Writes the file again with one tensor changed, or gone where the change gives null.
    private static void Edit(string folder, string name, Func<TensorContent, TensorContent?> change, Dictionary<string, string>? metadata = null)
    {
        string path = Path.Combine(folder, "model.safetensors");
        List<TensorContent> tensors = [];
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            foreach (TensorInfo tensor in file.Tensors)
            {
                byte[] bytes = new byte[tensor.Length];
                file.ReadBytes(tensor, bytes);
                TensorContent content = new(tensor.Name, tensor.DataType, tensor.Shape, bytes);
                if ((tensor.Name == name ? change(content) : content) is { } kept)
                {
                    tensors.Add(kept);
                }
            }
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }

    // On the thread that reports, unlike Progress.
    private sealed class Reports(Action then) : IProgress<QuantizationProgress>
    {
        public List<QuantizationProgress> All { get; } = [];

        public void Report(QuantizationProgress value)
        {
            All.Add(value);
            then();
        }
    }
}
